// `preceptor worker` as a process of its own that is killed with signal 9 in the middle of a job: the next
// worker goes on to the same result.
#include <signal.h>

#include <set>
#include <thread>

#include "tests/support/program.hpp"
#include "tests/support/training_test.hpp"

namespace preceptor::cli::tests {
namespace {

class KilledWorker : public TrainingTest {
protected:
  std::vector<std::string> worker_command() const {
    return {"worker", "--workspace", workspace.database().parent_path().string(), "--threads", "1"};
  }

  static bool wait_until(const std::function<bool()>& happened) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (std::chrono::steady_clock::now() < give_up) {
      if (happened()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }

  // Kills a worker as soon as `midway` holds, and lets another one finish the job.
  void kill_midway(const Job& asked, const std::function<bool()>& midway) {
    RunningProgram killed(worker_command());
    ASSERT_TRUE(wait_until(midway)) << killed.err();
    killed.send(SIGKILL);
    ASSERT_EQ(killed.wait(), 128 + SIGKILL);
    ASSERT_EQ(job(asked.id).state, JobState::running) << "it was killed too late";
    // Nobody waits for the lease of a dead worker in a test.
    write([&](Records& records) {
      Job held = records.job(asked.id).value();
      held.lease_expires_at = {};
      records.update_job(held);
    });
    RunningProgram next(worker_command());
    EXPECT_TRUE(wait_until([&] { return job(asked.id).state != JobState::running; })) << next.err();
    EXPECT_EQ(job(asked.id).state, JobState::done) << job(asked.id).error;
    EXPECT_EQ(job(asked.id).attempts, 2);
    next.send(SIGTERM);
    EXPECT_EQ(next.wait(), 0) << next.err();
  }
};

TEST_F(KilledWorker, MidTrainingIsFollowedByOneThatMakesTheSameModelToTheByte) {
  judge_some();
  auto wanted = request(loop::Objective::dpo, make_snapshot());
  wanted.settings["steps"] = 700;
  const std::string expected = model_of(run(ask_training(wanted))).sha256;
  const Job asked = ask_training(wanted).value();
  kill_midway(asked, [&] { return std::filesystem::exists(workspace.job_folder(asked.id) / "checkpoint"); });
  EXPECT_EQ(model_of(job(asked.id)).sha256, expected);
}

TEST_F(KilledWorker, MidGenerationIsFollowedByOneThatAnswersEveryPromptOnce) {
  std::vector<feedback::PromptId> prompts;
  for (int i = 0; i < 600; ++i) prompts.push_back(add_prompt("Question " + std::to_string(i)));
  const loop::GenerateRequest wanted{.model = base().id, .prompts = prompts, .tokens_max = 4};
  const Job asked = ask_generation(wanted).value();
  const auto responses = [&] { return read([&](Records& r) { return r.round_counts(round); }).responses; };
  kill_midway(asked, [&] { return responses() > 0; });
  EXPECT_EQ(responses(), 600);
  EXPECT_EQ(read([&](Records& r) { return r.round_counts(round); }).prompts, 600);
}

TEST_F(KilledWorker, MidEvaluationIsFollowedByOneThatAsksOnlyTheModelsThatAreLeft) {
  for (int i = 0; i < 40; ++i) add_prompt("Measured " + std::to_string(i), feedback::Split::evaluation);
  const auto rival = enter_model("rival", 8);
  const Job asked =
      ask_evaluation({.baseline = base().id, .models = {rival.id}, .tokens_max = 24, .blind_pairs = 3})
          .value();
  const auto answers = [&] {
    return read([&](Records& r) {
      const auto evaluation = r.evaluation_of_job(asked.id);
      return evaluation ? r.evaluation_answers(evaluation->id) : std::vector<loop::EvaluationAnswer>{};
    });
  };
  kill_midway(asked, [&] { return !answers().empty(); });
  std::set<std::pair<std::int64_t, std::int64_t>> answered;
  for (const auto& answer : answers()) answered.insert({answer.prompt.value, answer.model.value});
  EXPECT_EQ(answers().size(), 80U);
  EXPECT_EQ(answered.size(), 80U);
  EXPECT_EQ(read([&](Records& r) { return r.evaluations(project, round); }).size(), 1U);
}

}  // namespace
}  // namespace preceptor::cli::tests
