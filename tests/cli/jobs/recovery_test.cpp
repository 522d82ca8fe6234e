// Jobs that are interrupted: by a person, by a worker that ends, by a worker that dies.
#include <thread>

#include "tests/support/training_test.hpp"

namespace preceptor::cli::tests {
namespace {

using loop::Objective;

class InterruptedJob : public TrainingTest {
protected:
  // Long enough to be stopped on the way: a checkpoint comes every hundred steps.
  Job long_training(double steps = 700) {
    if (!snapshot_) {
      judge_some();
      snapshot_ = make_snapshot();
    }
    auto asked = request(Objective::sft, *snapshot_);
    asked.settings["steps"] = steps;
    return ask_training(asked).value();
  }
  std::string uninterrupted_hash() { return model_of(run(long_training())).sha256; }
  bool has_begun(const Job& asked) {
    return read([&](Records& records) {
      const auto run = records.run_of_job(asked.id);
      return run && !records.run_steps(run->id).empty();
    });
  }
  // Every step is there once, without gaps, whatever came between.
  void expect_all_steps(const Job& asked) {
    const auto steps =
        read([&](Records& records) { return records.run_steps(records.run_of_job(asked.id)->id); });
    ASSERT_EQ(steps.size(), 700U);
    for (std::size_t i = 0; i < steps.size(); ++i) ASSERT_EQ(steps[i].step, static_cast<std::int64_t>(i) + 1);
  }
  std::size_t model_count() {
    return read([&](Records& records) { return records.models(project); }).size();
  }

private:
  std::optional<loop::Snapshot> snapshot_;
};

TEST_F(InterruptedJob, OfAWorkerThatEndsGoesOnInTheNextOneToTheSameModel) {
  const std::string expected = uninterrupted_hash();
  const Job asked = long_training();
  std::stop_source stop;
  WatchedStorage watched(*database);
  watched.after_write = [&] {
    if (has_begun(asked)) stop.request_stop();
  };
  loop::Worker(watched, workspace, clock, worker_options("first")).run_one(stop.get_token());
  EXPECT_EQ(job(asked.id).state, JobState::queued);
  EXPECT_EQ(job(asked.id).attempts, 0) << "a worker that ends in order is no failed attempt";
  EXPECT_TRUE(std::filesystem::exists(workspace.job_folder(asked.id) / "checkpoint"));
  EXPECT_EQ(model_of(run(asked)).sha256, expected);
  expect_all_steps(asked);
  EXPECT_FALSE(std::filesystem::exists(workspace.job_folder(asked.id))) << "working files go with the job";
}

TEST_F(InterruptedJob, StoppedBetweenTwoWritesLosesNoStep) {
  const Job asked = long_training(1'000'000);
  std::vector<loop::RunStep> steps;
  // Steps go on from where the worker before was stopped: what it lost would be missing for good.
  for (const char* name : {"first", "second", "third"}) {
    std::stop_source stop;
    WatchedStorage watched(*database);
    const std::size_t before = steps.size();
    // The progress is written by itself, while steps of the last half second still wait.
    watched.after_write = [&] {
      if (job(asked.id).progress * 1'000'000 > static_cast<double>(before) + 2) stop.request_stop();
    };
    loop::Worker(watched, workspace, clock, worker_options(name)).run_one(stop.get_token());
    ASSERT_EQ(job(asked.id).state, JobState::queued);
    steps = read([&](Records& records) { return records.run_steps(records.run_of_job(asked.id)->id); });
    ASSERT_GT(steps.size(), before) << "what the progress told of is kept";
  }
  for (std::size_t i = 0; i < steps.size(); ++i) ASSERT_EQ(steps[i].step, static_cast<std::int64_t>(i) + 1);
}

TEST_F(InterruptedJob, OfAWorkerThatDiesIsTakenOverAfterItsLeaseToTheSameModel) {
  const std::string expected = uninterrupted_hash();
  const Job asked = long_training();
  WatchedStorage dying(*database);
  bool dead = false;
  dying.before_write = [&] {
    dead = dead || std::filesystem::exists(workspace.job_folder(asked.id) / "checkpoint");
    if (dead) throw std::runtime_error("this process is no more");
  };
  EXPECT_THROW(loop::Worker(dying, workspace, clock, worker_options("dying")).run_one({}),
               std::runtime_error);
  ASSERT_TRUE(dead);
  EXPECT_EQ(job(asked.id).state, JobState::running);

  loop::Worker next(*database, workspace, clock, worker_options("next"));
  EXPECT_FALSE(next.run_one({})) << "the lease still holds";
  const std::size_t models = model_count();
  clock.advance(std::chrono::hours(1));
  EXPECT_TRUE(next.run_one({}));
  EXPECT_EQ(model_of(job(asked.id)).sha256, expected);
  expect_all_steps(asked);
  EXPECT_EQ(job(asked.id).attempts, 2);
  EXPECT_EQ(model_count(), models + 1);
}

TEST_F(InterruptedJob, CancelledByAPersonEndsAndResumesToTheSameModel) {
  const std::string expected = uninterrupted_hash();
  const Job asked = long_training();
  WatchedStorage watched(*database);
  bool cancelled = false;
  watched.after_write = [&] {
    if (cancelled || !has_begun(asked)) return;
    cancelled = true;
    write([&](Records& records) { return loop::cancel_job(records, owner, asked.id, clock); }).value();
    std::this_thread::sleep_for(std::chrono::milliseconds(900));  // the heartbeat hears of it meanwhile
  };
  loop::Worker(watched, workspace, clock, worker_options()).run_one({});
  EXPECT_EQ(job(asked.id).state, JobState::cancelled);
  EXPECT_EQ(read([&](Records& r) { return r.run_of_job(asked.id); })->state, loop::RunState::cancelled);
  EXPECT_FALSE(loop::Worker(*database, workspace, clock, worker_options()).run_one({}))
      << "a cancelled job stays down by itself";

  const auto resumed =
      write([&](Records& records) { return loop::resume_job(records, owner, asked.id, clock); });
  EXPECT_EQ(model_of(run(resumed)).sha256, expected);
  expect_all_steps(asked);
}

TEST_F(InterruptedJob, CancelledBeforeItBeganNeverBegins) {
  judge_some(1);
  const auto asked = ask_snapshot().value();
  write([&](Records& records) { return loop::cancel_job(records, owner, asked.id, clock); }).value();
  EXPECT_EQ(run(asked).state, JobState::cancelled);
  const auto twice = write([&](Records& r) { return loop::cancel_job(r, owner, asked.id, clock); });
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().kind, ErrorKind::conflict);
}

TEST_F(InterruptedJob, ThatIsDoneCannotBeResumed) {
  judge_some(1);
  const auto done = run(ask_snapshot());
  const auto refused = write([&](Records& r) { return loop::resume_job(r, owner, done.id, clock); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().hint, "Only a failed or cancelled job can be resumed.");
}

TEST_F(InterruptedJob, WhoseLastRowsAreRefusedFailsAtOnceAndSaysWhy) {
  judge_some(1);
  const auto asked = ask_snapshot().value();
  WatchedStorage watched(*database);
  bool refused = false;
  watched.before_write = [&] {
    if (refused || job(asked.id).state != JobState::running) return;
    refused = true;
    throw std::runtime_error("no such row");
  };
  loop::Worker(watched, workspace, clock, worker_options()).run_one({});
  EXPECT_TRUE(refused);
  EXPECT_EQ(job(asked.id).state, JobState::failed);
  EXPECT_NE(job(asked.id).error.find("no such row"), std::string::npos);
}

TEST_F(InterruptedJob, AtWhichWorkersKeepDyingFailsInsteadOfKillingThemAll) {
  judge_some(1);
  const auto asked = ask_snapshot().value();
  for (const char* name : {"one", "two", "three"}) {
    write([&](Records& r) { r.claim_job(name, clock.now(), clock.now() + std::chrono::seconds(30)); });
    clock.advance(std::chrono::hours(1));
  }
  const auto failed = run(asked);
  EXPECT_EQ(failed.state, JobState::failed);
  EXPECT_NE(failed.error.find("died 3 times"), std::string::npos) << failed.error;
  const auto resumed = write([&](Records& r) { return loop::resume_job(r, owner, asked.id, clock); });
  EXPECT_EQ(run(resumed).state, JobState::done);
}

}  // namespace
}  // namespace preceptor::cli::tests
