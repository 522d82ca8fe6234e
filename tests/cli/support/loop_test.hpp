// A project on SQLite in a temporary folder, with people, a round and a tiny model: what jobs need.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/time.hpp"
#include "feedback/work.hpp"
#include "loop/jobs.hpp"
#include "loop/storage.hpp"
#include "loop/worker.hpp"
#include "loop/workspace.hpp"
#include "store/store.hpp"

namespace preceptor::cli::tests {

using loop::Job;
using loop::JobState;
using loop::Records;

// Hands everything on to another storage; a test looks in after each write, or makes the writes fail as they
// do for a process that has died.
class WatchedStorage final : public loop::Storage {
public:
  explicit WatchedStorage(loop::Storage& inner) : inner_(inner) {}

  std::function<void()> before_write = [] {};
  std::function<void()> after_write = [] {};

  void read(const std::function<void(Records&)>& query) override { inner_.read(query); }
  void write(const std::function<void(Records&)>& command) override {
    before_write();
    inner_.write(command);
    after_write();
  }
  void post_write(std::function<void(Records&)> command,
                  std::function<void(std::exception_ptr)> done) override {
    inner_.post_write(std::move(command), std::move(done));
  }

private:
  loop::Storage& inner_;
};

class LoopTest : public testing::Test {
protected:
  LoopTest();

  template <class Command>
  auto write(Command&& command) {
    return loop::write(*database, std::forward<Command>(command));
  }
  template <class Query>
  auto read(Query&& query) {
    return loop::read(*database, std::forward<Query>(query));
  }

  feedback::PersonId add_member(const std::string& login, feedback::Role = feedback::Role::trainer);
  static feedback::Actor as(feedback::PersonId person) { return {.person = person}; }
  void set_golds(feedback::PersonId, std::int64_t right, std::int64_t answered);
  void set_paused(feedback::PersonId);

  feedback::PromptId add_prompt(const std::string& question, feedback::Split = feedback::Split::train);
  feedback::ResponseId add_response(feedback::PromptId, const std::string& text);
  struct Wanted {
    feedback::TaskKind kind = feedback::TaskKind::compare;
    std::int64_t overlap = 1;
    bool gold = false;  // the first response is the right one
    feedback::Split split = feedback::Split::train;
  };
  // A task of the round on a new prompt; its answers are "<question>: first" and "<question>: second".
  feedback::Task add_task(const std::string& question, const Wanted&);

  // One judgment by the person on their next task; the payload is made from what they see.
  using Decide = std::function<nlohmann::json(const feedback::Claim&)>;
  std::optional<loop::JudgmentId> judge(feedback::PersonId, const Decide&);
  int judge_all(feedback::PersonId, const Decide&);
  // Prefers the answer whose text ends with these words.
  static Decide prefers(const std::string& ending);
  static nlohmann::json tie();
  static nlohmann::json both_bad();
  static Decide writes(const std::string& text);

  loop::Model enter_model(const std::string& name, std::uint64_t seed = 3);
  loop::Model base();  // entered on first use

  loop::WorkerOptions worker_options(const std::string& name = "worker") const;
  // Runs what is queued until nothing is; answers the job as it then stands.
  Job run(const Result<Job>&);
  Job job(loop::JobId);
  static nlohmann::json result_of(const Job&);

  Result<Job> ask_generation(const loop::GenerateRequest&);
  Result<Job> ask_snapshot(const std::string& weighting = "reliability");
  Result<Job> ask_training(const loop::TrainRequest&);
  Result<Job> ask_evaluation(const loop::EvaluateRequest&);
  loop::Snapshot make_snapshot(const std::string& weighting = "reliability");
  std::vector<nlohmann::json> rows(const loop::Snapshot&, const std::string& file);
  std::string blob(const std::string& sha256);

  TemporaryFolder folder;
  ManualClock clock{Timestamp{1'700'000'000'000'000}};
  loop::Workspace workspace{folder.path() / "workspace"};
  std::unique_ptr<store::Database> database;
  feedback::Actor owner{.person = {}, .administrator = true};
  feedback::ProjectId project;
  loop::RoundId round;

private:
  feedback::PersonId add_person(const std::string& login);
  loop::ModelId base_;
};

}  // namespace preceptor::cli::tests
