#include "loop/records.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;
using namespace std::chrono_literals;

namespace {

class LoopTest : public StoreTest {
protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (!HasFatalFailure()) make_project();
  }
  loop::ModelId add_model(const std::string& name, loop::ModelId parent = {}) {
    return write([&](loop::Records& records) {
      return records.add_model({.project = project,
                                .name = name,
                                .parent = parent,
                                .objective = loop::Objective::imported,
                                .sha256 = "hash of " + name,
                                .parameters = 1234,
                                .created_at = clock.now()});
    });
  }
  loop::RoundId add_round(const std::string& name) {
    return write([&](loop::Records& records) {
      return records.add_round({.project = project, .name = name, .created_at = clock.now()});
    });
  }
  loop::JobId add_job(loop::JobKind kind = loop::JobKind::train) {
    return write([&](loop::Records& records) {
      return records.add_job(
          {.project = project, .kind = kind, .params = R"({"seed":1})", .created_at = clock.now()});
    });
  }
  std::optional<loop::Job> claim_job(std::string_view worker) {
    return write(
        [&](loop::Records& records) { return records.claim_job(worker, clock.now(), clock.now() + 30s); });
  }
  loop::Job job(loop::JobId id) {
    return read([&](loop::Records& records) { return records.job(id); }).value();
  }
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Databases, LoopTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

TEST_P(LoopTest, RoundsAreNumberedWithinTheirProject) {
  const auto first = add_round("one");
  const auto second = add_round("two");
  auto round = read([&](loop::Records& records) { return records.round(second); });
  ASSERT_TRUE(round);
  EXPECT_EQ(round->number, 2);
  round->state = loop::RoundState::closed;
  round->model_after = add_model("better");
  write([&](loop::Records& records) { records.update_round(*round); });
  const auto rounds = read([&](loop::Records& records) { return records.rounds(project); });
  ASSERT_EQ(rounds.size(), 2U);
  EXPECT_EQ(rounds[0].id, first);
  EXPECT_EQ(rounds[1].state, loop::RoundState::closed);
  EXPECT_EQ(rounds[1].model_after, round->model_after);
}

TEST_P(LoopTest, ARoundCountsItsPromptsResponsesAndTasks) {
  const auto round = add_round("one");
  add_task({.overlap = 2, .round = round});
  add_task({.overlap = 3, .round = round});
  add_task({});
  const auto prompt = add_prompt();
  write([&](Records& records) {
    records.add_response({.project = project, .prompt = prompt, .text = "x", .round = round});
  });
  const auto counts = read([&](loop::Records& records) { return records.round_counts(round); });
  EXPECT_EQ(counts.prompts, 3);
  EXPECT_EQ(counts.responses, 1);
  const auto tasks =
      read([&](Records& records) { return records.task_counts({.project = project, .round = round}); });
  EXPECT_EQ(tasks.tasks, 2);
  EXPECT_EQ(tasks.judgments_wanted, 5);
  ASSERT_TRUE(judge(add_member("anna")));
  const auto judgments =
      read([&](Records& records) { return records.judgments({.project = project, .round = round}); });
  EXPECT_EQ(judgments.items.size(), 1U);
}

TEST_P(LoopTest, LineageIsWalkedBothWays) {
  const PersonId anna = add_member("anna");
  add_task({});
  const auto judged = judge(anna);
  ASSERT_TRUE(judged);
  const auto base = add_model("base");
  const std::vector<JudgmentId> judgments{judged->judgment};
  const auto snapshot = write([&](loop::Records& records) {
    return records.add_snapshot({.project = project,
                                 .sha256 = "manifest",
                                 .weighting = "reliability",
                                 .files = {{"preferences.jsonl", "abc", 1, 200}},
                                 .created_at = clock.now()},
                                judgments);
  });
  const auto run = write([&](loop::Records& records) {
    return records.add_run({.project = project,
                            .objective = loop::Objective::dpo,
                            .base_model = base,
                            .snapshot = snapshot,
                            .name = "first",
                            .created_at = clock.now()});
  });
  const auto better = add_model("better", base);
  write([&](loop::Records& records) {
    auto finished = *records.run(run);
    finished.model = better;
    finished.state = loop::RunState::done;
    records.update_run(finished);
    records.put_run_step(run, {.step = 1, .metrics = R"({"loss":0.7})"});
    records.put_run_step(run, {.step = 1, .metrics = R"({"loss":0.6})"});
  });
  read([&](loop::Records& records) {
    EXPECT_EQ(records.snapshots_with(judged->judgment), std::vector{snapshot});
    EXPECT_EQ(records.snapshot_judgments(snapshot), judgments);
    EXPECT_EQ(records.snapshot(snapshot)->files.front().name, "preferences.jsonl");
    EXPECT_EQ(records.snapshot(snapshot)->judgment_count, 1);
    ASSERT_EQ(records.runs_on(snapshot).size(), 1U);
    EXPECT_EQ(records.runs_on(snapshot).front().model, better);
    ASSERT_EQ(records.run_steps(run).size(), 1U);
    EXPECT_EQ(records.run_steps(run).front().metrics, R"({"loss":0.6})");
    ASSERT_EQ(records.children_of(base).size(), 1U);
    EXPECT_EQ(records.model_with_hash(project, "hash of better")->id, better);
    EXPECT_EQ(records.snapshots(project, {}).size(), 1U);
  });
}

TEST_P(LoopTest, OneWorkerHoldsAJobUntilItDies) {
  const auto first = add_job();
  const auto second = add_job(loop::JobKind::generate);
  const auto mine = claim_job("worker-1");
  ASSERT_TRUE(mine);
  EXPECT_EQ(mine->id, first);
  EXPECT_EQ(mine->attempts, 1);
  EXPECT_EQ(claim_job("worker-2")->id, second);
  EXPECT_FALSE(claim_job("worker-3"));

  clock.advance(20s);
  auto beat = *mine;
  beat.progress = 0.5;
  beat.message = "step 50 of 100";
  beat.lease_expires_at = clock.now() + 30s;
  EXPECT_TRUE(write([&](loop::Records& records) { return records.heartbeat_job(beat); }));
  clock.advance(20s);  // the second worker has gone silent
  const auto taken = claim_job("worker-3");
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->id, second);
  EXPECT_EQ(taken->attempts, 2);
  auto ghost = job(second);
  ghost.worker = "worker-2";
  EXPECT_FALSE(write([&](loop::Records& records) { return records.heartbeat_job(ghost); }));

  auto done = job(first);
  EXPECT_EQ(done.progress, 0.5);
  done.state = loop::JobState::done;
  done.result = R"({"model_id":7})";
  done.ended_at = clock.now();
  write([&](loop::Records& records) { records.update_job(done); });
  clock.advance(1h);
  EXPECT_EQ(claim_job("worker-4")->id, second) << "a job that has ended is not taken again";
}

TEST_P(LoopTest, CancellingAQueuedJobEndsItAndARunningOneIsAsked) {
  const auto running = add_job();
  const auto queued = add_job();
  ASSERT_TRUE(claim_job("worker-1"));
  const auto cancel = [&](loop::JobId id) {
    return write([&](loop::Records& records) { return records.request_cancel(id, clock.now()); });
  };
  EXPECT_TRUE(cancel(queued));
  EXPECT_EQ(job(queued).state, loop::JobState::cancelled);
  EXPECT_TRUE(cancel(running));
  EXPECT_EQ(job(running).state, loop::JobState::running);
  EXPECT_TRUE(job(running).cancel_requested);
  EXPECT_FALSE(cancel(queued));
}

TEST_P(LoopTest, JobsAreListedNewestFirstAndTheirLogInOrder) {
  const auto first = add_job(loop::JobKind::generate);
  const auto second = add_job(loop::JobKind::train);
  const auto third = add_job(loop::JobKind::train);
  const auto list = [&](loop::JobFilter filter) {
    filter.project = project;
    std::vector<loop::JobId> ids;
    for (const auto& one : read([&](loop::Records& records) { return records.jobs(filter); }).items) {
      ids.push_back(one.id);
    }
    return ids;
  };
  EXPECT_EQ(list({}), (std::vector{third, second, first}));
  EXPECT_EQ(list({.kind = loop::JobKind::train}), (std::vector{third, second}));
  EXPECT_EQ(list({.page = {.limit = 10, .after = second.value}}), std::vector{first});
  claim_job("worker-1");
  EXPECT_EQ(list({.states = {loop::JobState::running}}), std::vector{first});

  write([&](loop::Records& records) {
    for (const char* line : {"one", "two", "three"}) records.add_job_log(first, line, clock.now());
  });
  const auto log = read([&](loop::Records& records) { return records.job_log(first, 0, 2); });
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[1].text, "two");
  const auto rest = read([&](loop::Records& records) { return records.job_log(first, log[1].number, 10); });
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].text, "three");
}

TEST_P(LoopTest, AnEvaluationKeepsAnswersPairsAndValues) {
  const auto base = add_model("base");
  const auto better = add_model("better", base);
  const TaskId pair = add_task({.split = Split::evaluation});
  const auto responses = task(pair).responses;
  const auto id = write([&](loop::Records& records) {
    const auto evaluation =
        records.add_evaluation({.project = project,
                                .baseline_model = base,
                                .models = {base, better},
                                .columns = {{"length", "Length", loop::Better::none, "tokens", "program"}},
                                .created_at = clock.now()});
    records.add_evaluation_answer({evaluation, task(pair).prompt, base, responses[0]});
    records.add_evaluation_answer({evaluation, task(pair).prompt, better, responses[1]});
    records.add_evaluation_pair({evaluation, pair, better});
    records.put_metric_value({evaluation, responses[0], "length", 12});
    records.put_metric_value({evaluation, responses[0], "length", 0.1});
    return evaluation;
  });
  read([&](loop::Records& records) {
    auto evaluation = records.evaluation(id);
    ASSERT_TRUE(evaluation);
    EXPECT_EQ(evaluation->models, (std::vector{base, better}));
    EXPECT_EQ(evaluation->columns.front().better, loop::Better::none);
    EXPECT_EQ(records.evaluation_answers(id).size(), 2U);
    EXPECT_EQ(records.evaluation_pairs(id).front().task, pair);
    ASSERT_EQ(records.metric_values(id).size(), 1U);
    EXPECT_EQ(records.metric_values(id).front().value, 0.1);
  });
}

TEST_P(LoopTest, APromotionStays) {
  const auto base = add_model("base");
  write([&](loop::Records& records) {
    records.add_promotion({.project = project,
                           .model = base,
                           .person = administrator.person,
                           .note = "better on doses",
                           .created_at = clock.now()});
    records.set_current_model(project, base);
  });
  EXPECT_EQ(read([&](Records& records) { return records.project(project); })->current_model, base);
  EXPECT_EQ(read([&](loop::Records& records) { return records.promotions(project); }).front().note,
            "better on doses");
  EXPECT_THROW(tamper("UPDATE promotion SET note = 'rewritten'"), Failure);
  EXPECT_THROW(tamper("DELETE FROM promotion"), Failure);
}

}  // namespace preceptor::store
