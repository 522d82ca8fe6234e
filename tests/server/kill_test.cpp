// A server that is killed while people are judging: every judgment that was acknowledged is there afterwards,
// once.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>

#include "feedback/content.hpp"
#include "feedback/projects.hpp"
#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

constexpr int judge_count = 16;
constexpr int task_count = 400;

struct Judge {
  std::string token;
  std::vector<std::int64_t> acknowledged;
};

// The database of the test, made before the server's process starts.
struct Prepared {
  feedback::ProjectId project;
  std::vector<Judge> judges;
};

Prepared prepare(store::Database& database, const Clock& clock) {
  Prepared prepared;
  loop::write(database, [&](loop::Records& records) {
    feedback::PreparedPerson person;
    person.person = {.login = "admin", .name = "Admin", .administrator = true};
    person.password_hash = "none";
    const auto admin = feedback::create_person_locally(records, person, clock).value();
    const feedback::Actor actor{.person = admin.id, .administrator = true};
    feedback::NewProject project{.name = "P", .languages = {"en"}, .guideline = "g"};
    project.dimensions = {{.key = "a", .label = "A"}};
    prepared.project = feedback::create_project(records, actor, project, clock).value().project.id;
    feedback::Prompt prompt;
    prompt.messages = {{"user", "Question"}};
    const auto id =
        feedback::add_prompts(records, actor, prepared.project, std::span(&prompt, 1), clock).value().front();
    feedback::Task task;
    task.kind = feedback::TaskKind::write;
    task.prompt = id;
    task.overlap = judge_count;
    const std::vector<feedback::Task> tasks(task_count, task);
    feedback::add_tasks(records, actor, prepared.project, tasks, clock).value();
    for (int i = 0; i < judge_count; ++i) {
      person.person = {.login = "judge" + std::to_string(i), .name = "Judge"};
      const auto judge = feedback::create_person_locally(records, person, clock).value();
      records.put_role(prepared.project, judge.id, feedback::Role::trainer);
      prepared.judges.push_back(
          {feedback::create_token(records, {.person = judge.id}, {.name = "t"}, clock).value().token, {}});
    }
  });
  return prepared;
}

// The child: serves until it is killed, and says on which port.
[[noreturn]] void serve(const std::filesystem::path& file, int pipe) {
  SystemClock clock;
  const auto database = store::open({.database = file});
  Options options;
  options.http.port = 0;
  const auto server = Server::start(options, {*database, clock, fake_chat});
  const std::uint16_t port = server ? (*server)->port() : 0;
  if (::write(pipe, &port, sizeof port) != sizeof port) _exit(1);
  for (;;) ::pause();
}

void judge_until_it_ends(std::uint16_t port, feedback::ProjectId project, Judge& judge,
                         std::atomic<int>& count) {
  const Headers headers = {{"Authorization", "Bearer " + judge.token}};
  Connection connection(port);
  for (;;) {
    const auto next = connection.request(
        "POST", "/api/v1/projects/" + std::to_string(project.value) + "/tasks/next", "{}", headers);
    if (next.status != 200) return;
    const json task = next.json();
    const json body = {{"lease_token", task["lease"]["token"]},
                       {"payload", {{"text", "An answer, written with care."}}},
                       {"seconds_active", 1}};
    const auto receipt = connection.request(
        "POST", "/api/v1/tasks/" + std::to_string(task["task"]["id"].get<std::int64_t>()) + "/judgments",
        body.dump(), headers);
    if (receipt.status != 201) return;
    judge.acknowledged.push_back(receipt.json()["judgment_id"]);
    ++count;
  }
}

TEST(KilledServer, LosesNoJudgmentThatItAcknowledged) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "preceptor.db";
  SystemClock clock;
  Prepared prepared = prepare(*store::open({.database = file}), clock);

  int pipes[2];
  ASSERT_EQ(::pipe(pipes), 0);
  const pid_t child = ::fork();
  if (child == 0) serve(file, pipes[1]);
  std::uint16_t port = 0;
  ASSERT_EQ(::read(pipes[0], &port, sizeof port), static_cast<ssize_t>(sizeof port));
  ASSERT_NE(port, 0);

  std::atomic<int> count = 0;
  std::vector<std::thread> threads;
  for (auto& judge : prepared.judges)
    threads.emplace_back(
        [&, port, project = prepared.project] { judge_until_it_ends(port, project, judge, count); });
  for (int i = 0; i < 6000 && count < 300; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ::kill(child, SIGKILL);
  for (auto& thread : threads) thread.join();
  ::waitpid(child, nullptr, 0);
  ::close(pipes[0]);
  ::close(pipes[1]);

  const auto database = store::open({.database = file});
  std::size_t acknowledged = 0;
  loop::read(*database, [&](loop::Records& records) {
    for (const auto& judge : prepared.judges) {
      acknowledged += judge.acknowledged.size();
      for (const auto id : judge.acknowledged) EXPECT_TRUE(records.judgment({id})) << id;
    }
    for (const auto& task : records.tasks({.project = prepared.project, .page = {.limit = 1000}}).items) {
      const auto judgments =
          records.judgments({.project = prepared.project, .task = task.id, .page = {.limit = 1000}});
      std::set<std::int64_t> people;
      for (const auto& judgment : judgments.items) people.insert(judgment.person.value);
      EXPECT_EQ(people.size(), judgments.items.size()) << "a judgment was kept twice";
      EXPECT_EQ(task.counted, static_cast<std::int64_t>(judgments.items.size()));
    }
  });
  EXPECT_GT(acknowledged, 0u) << "the server was killed before anybody could judge";
}

}  // namespace
}  // namespace preceptor::server::tests
