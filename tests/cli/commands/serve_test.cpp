#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>

#include "base/format.hpp"
#include "cli/demo/api_client.hpp"
#include "cli/free_port.hpp"
#include "feedback/accounts.hpp"
#include "feedback/content.hpp"
#include "feedback/projects.hpp"
#include "loop/models.hpp"
#include "loop/rounds.hpp"
#include "tests/support/command_test.hpp"
#include "tests/support/tiny_model.hpp"

namespace preceptor::cli::tests {
namespace {

using nlohmann::json;

constexpr const char* password = "correct horse battery";
constexpr int judge_count = 8;

struct ServeCommand : CommandTest {
  std::vector<std::string> arguments(int port, bool with_worker = false) const {
    std::vector<std::string> words = {"serve", "--workspace", workspace(), "--port", std::to_string(port)};
    if (!with_worker) words.push_back("--no-worker");
    return words;
  }
  static std::string address(int port) { return fmt::format("http://127.0.0.1:{}", port); }

  // People admin and judge0 … who can all sign in with the same password; a project of theirs.
  feedback::ProjectId prepare() {
    const auto database = open();
    const auto prepared =
        feedback::prepare_person({.login = "admin", .name = "Admin", .password = password}, clock).value();
    return loop::write(*database, [&](loop::Records& records) {
      const auto person = [&](const std::string& login, bool administrator) {
        feedback::PreparedPerson someone = prepared;
        someone.person.login = login;
        someone.person.administrator = administrator;
        return feedback::create_person_locally(records, someone, clock).value().id;
      };
      owner = {.person = person("admin", true), .administrator = true};
      feedback::NewProject fresh{.name = "Ferries", .languages = {"en"}, .guideline = "Be exact."};
      fresh.dimensions = {{.key = "accuracy", .label = "Accuracy"}};
      project = feedback::create_project(records, owner, fresh, clock).value().project.id;
      for (int i = 0; i < judge_count; ++i)
        records.put_role(project, person("judge" + std::to_string(i), false), feedback::Role::trainer);
      return project;
    });
  }

  void add_write_tasks(int count) {
    const auto database = open();
    loop::write(*database, [&](loop::Records& records) {
      const feedback::Prompt prompt{.messages = {{"user", "Write something."}}};
      const auto ids = feedback::record_prompts(records, project, {&prompt, 1}, clock).value();
      feedback::Task task{.kind = feedback::TaskKind::write, .prompt = ids.front(), .overlap = judge_count};
      feedback::record_tasks(records, project, std::vector(static_cast<std::size_t>(count), task), clock)
          .value();
    });
  }

  feedback::Actor owner;
  feedback::ProjectId project;
};

// Judges until the server is gone; answers the judgments that were acknowledged.
std::vector<std::int64_t> judge_until_the_end(const std::string& address, const std::string& login,
                                              feedback::ProjectId project, std::atomic<int>& count) {
  std::vector<std::int64_t> acknowledged;
  try {
    ApiClient api(address);
    api.sign_in(login, password);
    while (true) {
      const json next = api.post(fmt::format("/projects/{}/tasks/next", project.value), json::object());
      if (next.is_null()) return acknowledged;
      const json body = {{"lease_token", next.at("lease").at("token")},
                         {"payload", {{"text", "An answer."}, {"note", ""}}},
                         {"seconds_active", 3}};
      const json receipt =
          api.post(fmt::format("/tasks/{}/judgments", next.at("task").at("id").get<std::int64_t>()), body);
      acknowledged.push_back(receipt.at("judgment_id").get<std::int64_t>());
      ++count;
    }
  } catch (const Failure&) {
    return acknowledged;  // the server has been killed
  }
}

TEST_F(ServeCommand, KilledUnderLoadHasEveryAcknowledgedJudgmentAfterARestart) {
  prepare();
  add_write_tasks(500);
  const int port = free_port();
  std::vector<std::vector<std::int64_t>> acknowledged(judge_count);
  std::atomic<int> acknowledged_count = 0;
  {
    RunningProgram server(arguments(port));
    ASSERT_TRUE(server.says("Preceptor serves")) << server.err();
    std::vector<std::thread> judges;
    for (int i = 0; i < judge_count; ++i)
      judges.emplace_back([&, i] {
        acknowledged[static_cast<std::size_t>(i)] =
            judge_until_the_end(address(port), "judge" + std::to_string(i), project, acknowledged_count);
      });
    // Eight sign-ins are slow on purpose; after that all of them are at work.
    for (int i = 0; i < 6000 && acknowledged_count < 200; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    server.send(SIGKILL);
    EXPECT_EQ(server.wait(), 128 + SIGKILL);
    for (std::thread& judge : judges) judge.join();
  }

  RunningProgram again(arguments(port));
  ASSERT_TRUE(again.says("Preceptor serves")) << again.err();
  ApiClient api(address(port));
  api.sign_in("admin", password);
  std::set<std::int64_t> kept;
  for (const json& judgment :
       every_item(api, fmt::format("/projects/{}/judgments?limit=1000", project.value)))
    kept.insert(judgment.at("id").get<std::int64_t>());
  std::size_t count = 0;
  for (const auto& list : acknowledged)
    for (const std::int64_t id : list) {
      ++count;
      EXPECT_TRUE(kept.contains(id)) << "judgment " << id << " was acknowledged and is gone";
    }
  EXPECT_GT(count, 0U) << "the server was killed before anybody could judge";
  again.send(SIGTERM);
  EXPECT_EQ(again.wait(), 0);
  EXPECT_TRUE(json_of({"verify"}).at("differences").empty());
}

// A port that somebody else has.
class TakenPort {
public:
  TakenPort() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof place;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&place), size) != 0 || ::listen(listener_, 1) != 0)
      throw std::runtime_error("no port to take");
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&place), &size);
    number = ntohs(place.sin_port);
  }
  ~TakenPort() { ::close(listener_); }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;

  int number = 0;

private:
  int listener_;
};

TEST_F(ServeCommand, OnAPortThatIsInUseSaysSoAndWhatToDo) {
  const TakenPort port;
  prepare();
  const auto refused = run_program(arguments(port.number));
  EXPECT_EQ(refused.exit_code, 5) << refused.err;
  EXPECT_NE(refused.err.find(std::to_string(port.number)), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("in use"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("--port"), std::string::npos) << refused.err;
}

TEST_F(ServeCommand, OnAPortThatIsInUseMakesNobodyWhosePasswordWouldBeLost) {
  {
    const TakenPort port;
    const auto refused = run_program(arguments(port.number));
    EXPECT_EQ(refused.exit_code, 5) << refused.err;
    EXPECT_EQ(refused.out.find("password"), std::string::npos) << refused.out;
  }
  const int port = free_port();
  RunningProgram server(arguments(port));
  ASSERT_TRUE(server.says("Preceptor serves")) << server.err();
  EXPECT_NE(server.out().find("with the password "), std::string::npos) << server.out();
}

TEST_F(ServeCommand, ADemoOnAPortThatIsInUseSaysSoBeforeItsLoopAndCanBeRunAgain) {
  const TakenPort port;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto refused =
        run_program({"demo", "--workspace", workspace(), "--port", std::to_string(port.number)});
    EXPECT_EQ(refused.exit_code, 7) << refused.err;
    EXPECT_NE(refused.err.find("in use"), std::string::npos) << refused.err;
    EXPECT_EQ(refused.err.find("twelve experts"), std::string::npos) << refused.err;
  }
}

TEST_F(ServeCommand, ShowsThePasswordOfTheFirstAdministratorOnce) {
  const int port = free_port();
  {
    RunningProgram first(arguments(port));
    ASSERT_TRUE(first.says("Preceptor serves")) << first.err();
    const std::string words = first.out();
    const std::string before = "with the password ";
    const auto begin = words.find(before) + before.size();
    ApiClient api(address(port));
    const json session = api.sign_in("admin", words.substr(begin, words.find(' ', begin) - begin));
    EXPECT_EQ(session.at("person").at("administrator"), true);
    first.send(SIGTERM);
    EXPECT_EQ(first.wait(), 0);
  }
  RunningProgram second(arguments(port));
  ASSERT_TRUE(second.says("Preceptor serves")) << second.err();
  EXPECT_EQ(second.out().find("password"), std::string::npos);
}

TEST_F(ServeCommand, RunsJobsInItsOwnWorkerProcess) {
  prepare();
  const auto place = folder.path() / "tiny";
  write_tiny_model(place);
  std::int64_t model = 0;
  std::int64_t round = 0;
  {
    const auto database = open();
    const loop::Workspace files(workspace());
    model = loop::enter_model(*database, files, owner, {.project = project, .name = "base"}, place, clock)
                .value()
                .id.value;
    round =
        loop::write(*database,
                    [&](loop::Records& r) { return loop::start_round(r, owner, project, "First", clock); })
            .value()
            .id.value;
  }
  add_write_tasks(1);
  const int port = free_port();
  RunningProgram server(arguments(port, true));
  ASSERT_TRUE(server.says("Preceptor serves")) << server.err();
  ApiClient api(address(port));
  api.sign_in("admin", password);
  const json asked = api.post(fmt::format("/rounds/{}/generate", round),
                              {{"model_id", model}, {"split", "train"}, {"samples", 2}, {"tokens_max", 4}});
  json job;
  for (int i = 0; i < 600; ++i) {
    job = api.get(fmt::format("/jobs/{}", asked.at("id").get<std::int64_t>()));
    if (job.at("state") != "queued" && job.at("state") != "running") break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(job.at("state"), "done") << job.dump();
  EXPECT_EQ(job.at("result").at("responses"), 2);
  server.send(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
}

TEST_F(ServeCommand, LetsAnAccountFromTheCommandLineSignIn) {
  const json made = json_of({"admin", "create-person", "petra", "--password", password});
  EXPECT_EQ(made.at("login"), "petra");
  EXPECT_FALSE(made.contains("password")) << "a password that was given is not shown";
  const auto twice = run({"admin", "create-person", "petra", "--password", password});
  EXPECT_EQ(twice.exit_code, 5) << twice.err;
  const auto weak = run({"admin", "create-person", "paul", "--password", "short"});
  EXPECT_EQ(weak.exit_code, 3) << weak.err;
  const int port = free_port();
  RunningProgram server(arguments(port));
  ASSERT_TRUE(server.says("Preceptor serves")) << server.err();
  ApiClient api(address(port));
  EXPECT_EQ(api.sign_in("petra", password).at("person").at("administrator"), false);
  EXPECT_EQ(api.try_post("/session", {{"login", "petra"}, {"password", "wrong password"}}).status, 401);
}

}  // namespace
}  // namespace preceptor::cli::tests
