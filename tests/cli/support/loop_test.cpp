#include "tests/support/loop_test.hpp"

#include "feedback/accounts.hpp"
#include "feedback/content.hpp"
#include "feedback/projects.hpp"
#include "feedback/submit.hpp"
#include "loop/models.hpp"
#include "loop/rounds.hpp"
#include "tests/support/tiny_model.hpp"

namespace preceptor::cli::tests {

using namespace feedback;
using loop::Records;
using nlohmann::json;

LoopTest::LoopTest() : database(store::open({.database = workspace.database().string()})) {
  owner.person = add_person("olivia.owner");
  const NewProject fresh{.name = "Ferries",
                         .languages = {"en"},
                         .domains = {"travel"},
                         .guideline = "# Be exact",
                         .dimensions = {{.key = "accuracy", .label = "Accuracy"}},
                         .overlap = {.compare = 2, .rate = 2, .write = 1},
                         .gold_watch = {.rate = 0.5}};
  project = write([&](Records& records) { return create_project(records, owner, fresh, clock); })
                .value()
                .project.id;
  round = write([&](Records& records) { return loop::start_round(records, owner, project, "First", clock); })
              .value()
              .id;
}

PersonId LoopTest::add_person(const std::string& login) {
  // A real hash costs a tenth of a second; these people never sign in.
  const PreparedPerson prepared{
      .person = {.login = login, .name = "Name of " + login, .created_at = clock.now()},
      .password_hash = "unusable"};
  return write([&](Records& records) { return create_person_locally(records, prepared, clock); }).value().id;
}

PersonId LoopTest::add_member(const std::string& login, Role role) {
  const PersonId person = add_person(login);
  write([&](Records& records) { return set_member(records, owner, project, person, role, clock); }).value();
  return person;
}

void LoopTest::set_golds(PersonId person, std::int64_t right, std::int64_t answered) {
  write([&](Records& records) {
    Membership member = records.membership(project, person).value();
    member.golds = answered;
    member.golds_right = right;
    records.update_membership(member);
  });
}

void LoopTest::set_paused(PersonId person) {
  write([&](Records& records) {
    return set_pause(records, owner, project, person, true, "A review is due.", clock);
  }).value();
}

PromptId LoopTest::add_prompt(const std::string& question, Split split) {
  const Prompt prompt{.messages = {{"user", question}}, .language = "en", .split = split};
  return write([&](Records& records) {
           return record_prompts(records, project, {&prompt, 1}, clock);
         })
      .value()
      .front();
}

ResponseId LoopTest::add_response(PromptId prompt, const std::string& text) {
  const Response response{.prompt = prompt, .text = text, .round = round};
  return write([&](Records& records) {
           return record_responses(records, project, {&response, 1}, clock);
         })
      .value()
      .front();
}

Task LoopTest::add_task(const std::string& question, const Wanted& wanted) {
  Task task{.kind = wanted.kind, .overlap = wanted.overlap, .round = round};
  task.prompt = add_prompt(question, wanted.split);
  if (wanted.kind != TaskKind::write)
    task.responses.push_back(add_response(task.prompt, question + ": first"));
  if (wanted.kind == TaskKind::compare)
    task.responses.push_back(add_response(task.prompt, question + ": second"));
  if (wanted.gold) task.gold = {.better = task.responses.front(), .explanation = "It is exact."};
  const auto ids = write([&](Records& records) {
                     return record_tasks(records, project, {&task, 1}, clock);
                   }).value();
  return read([&](Records& records) { return records.task(ids.front()); }).value();
}

std::optional<loop::JudgmentId> LoopTest::judge(PersonId person, const Decide& decide) {
  const auto claim =
      write([&](Records& records) { return claim_next(records, as(person), project, {}, clock); }).value();
  if (!claim) return std::nullopt;
  const Submission submission{.task = claim->task,
                              .lease_token = claim->lease_token,
                              .payload = decide(*claim).dump(),
                              .seconds_active = 20};
  return write([&](Records& records) { return submit(records, as(person), submission, clock); })
      .value()
      .judgment;
}

int LoopTest::judge_all(PersonId person, const Decide& decide) {
  int count = 0;
  while (judge(person, decide)) ++count;
  return count;
}

LoopTest::Decide LoopTest::prefers(const std::string& ending) {
  return [ending](const Claim& claim) -> json {
    for (const ShownResponse& response : claim.responses)
      if (response.text.ends_with(ending))
        return {{"outcome", "better"}, {"better", response.id.value}, {"strength", "clearly"}};
    throw std::runtime_error("no answer ends with " + ending);
  };
}

json LoopTest::tie() { return {{"outcome", "tie"}}; }
json LoopTest::both_bad() { return {{"outcome", "both_bad"}}; }

LoopTest::Decide LoopTest::writes(const std::string& text) {
  return [text](const Claim&) -> json { return {{"text", text}, {"note", ""}}; };
}

loop::Model LoopTest::enter_model(const std::string& name, std::uint64_t seed) {
  const auto place = folder.path() / ("model of " + name);
  write_tiny_model(place, seed);
  return loop::enter_model(*database, workspace, owner, {.project = project, .name = name}, place, clock)
      .value();
}

loop::Model LoopTest::base() {
  if (!base_) base_ = enter_model("base").id;
  return read([&](Records& records) { return records.model(base_); }).value();
}

loop::WorkerOptions LoopTest::worker_options(const std::string& name) const {
  return {.name = name, .threads = 1};
}

Job LoopTest::run(const Result<Job>& asked) {
  EXPECT_TRUE(asked.has_value()) << (asked ? "" : asked.error().text());
  if (!asked) return {};
  loop::Worker worker(*database, workspace, clock, worker_options());
  while (worker.run_one({})) {}
  return job(asked->id);
}

Job LoopTest::job(loop::JobId id) {
  return read([&](Records& records) { return records.job(id); }).value();
}

json LoopTest::result_of(const Job& job) {
  EXPECT_EQ(job.state, JobState::done) << job.error;
  return json::parse(job.result);
}

Result<Job> LoopTest::ask_generation(const loop::GenerateRequest& request) {
  return write([&](Records& r) { return loop::request_generation(r, owner, round, request, clock); });
}
Result<Job> LoopTest::ask_snapshot(const std::string& weighting) {
  return write([&](Records& r) { return loop::request_snapshot(r, owner, round, {weighting}, clock); });
}
Result<Job> LoopTest::ask_training(const loop::TrainRequest& request) {
  return write([&](Records& r) { return loop::request_training(r, owner, round, request, clock); });
}
Result<Job> LoopTest::ask_evaluation(const loop::EvaluateRequest& request) {
  return write([&](Records& r) { return loop::request_evaluation(r, owner, round, request, clock); });
}

loop::Snapshot LoopTest::make_snapshot(const std::string& weighting) {
  const json result = result_of(run(ask_snapshot(weighting)));
  return read([&](Records& records) {
           return records.snapshot({result.at("snapshot_id").get<std::int64_t>()});
         })
      .value();
}

std::vector<json> LoopTest::rows(const loop::Snapshot& snapshot, const std::string& file) {
  std::vector<json> rows;
  for (const loop::SnapshotFile& entry : snapshot.files) {
    if (entry.name != file) continue;
    std::istringstream lines(blob(entry.sha256));
    for (std::string line; std::getline(lines, line);) rows.push_back(json::parse(line));
  }
  return rows;
}

std::string LoopTest::blob(const std::string& sha256) {
  return read_file(workspace.blobs().path_of(sha256).value(), 1 << 24).value();
}

}  // namespace preceptor::cli::tests
