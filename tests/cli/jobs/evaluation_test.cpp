#include "loop/evaluation.hpp"

#include <limits>
#include <set>
#include <thread>

#include "loop/rounds.hpp"
#include "tests/support/loop_test.hpp"

namespace preceptor::cli::tests {
namespace {

using loop::Better;
using loop::Change;
using nlohmann::json;

struct EvaluationJob : LoopTest {
  // Four evaluation prompts, baseline and one rival, `pairs` blind comparisons.
  loop::EvaluationId evaluate(std::int64_t pairs) {
    for (int i = 0; i < 4; ++i)
      prompts.push_back(add_prompt("Measured " + std::to_string(i), feedback::Split::evaluation));
    rival = enter_model("rival", 8);
    const auto done = run(ask_evaluation(
        {.baseline = base().id, .models = {rival.id}, .tokens_max = 12, .blind_pairs = pairs}));
    return {result_of(done).at("evaluation_id").get<std::int64_t>()};
  }
  loop::EvaluationReport report(loop::EvaluationId id) {
    return read([&](Records& r) { return loop::show_evaluation(r, owner, id); }).value();
  }
  // What the round says of its newest evaluation, and of the stage.
  std::pair<loop::EvaluationState, loop::Stage> in_round() {
    const auto view = read([&](Records& r) { return loop::show_round(r, owner, round); }).value();
    for (const loop::Stage& stage : view.stages)
      if (stage.key == "evaluation") return {view.evaluations.back().state, stage};
    throw std::runtime_error("the round has no stage of evaluation");
  }
  std::vector<feedback::Task> blind_tasks() {
    return read([&](Records& r) {
             return r.tasks({.project = project, .purpose = feedback::Purpose::evaluation});
           })
        .items;
  }
  Result<void> put(loop::EvaluationId id, const std::string& source, std::vector<loop::MetricValue> values,
                   const std::string& key = "exact") {
    return write([&](Records& r) {
      return loop::put_metrics(r, owner, id,
                               {.source = source,
                                .columns = {{.key = key, .label = "Exact", .unit = "share"}},
                                .values = std::move(values)},
                               clock);
    });
  }
  loop::ResponseId answer(loop::EvaluationId id, feedback::PromptId prompt, loop::ModelId model) {
    for (const auto& one : read([&](Records& r) { return r.evaluation_answers(id); }))
      if (one.prompt == prompt && one.model == model) return one.response;
    return {};
  }

  std::vector<feedback::PromptId> prompts;
  loop::Model rival;
};

TEST_F(EvaluationJob, LetsEveryModelAnswerEveryPromptOnce) {
  const auto id = evaluate(0);
  const auto shown = report(id);
  EXPECT_EQ(shown.evaluation.state, loop::EvaluationState::done);
  ASSERT_EQ(shown.rows.size(), 2U);
  EXPECT_EQ(shown.rows[0].model.name, "base") << "the baseline comes first";
  EXPECT_EQ(shown.rows[0].cells.at("length").n, 4);
  EXPECT_FALSE(shown.rows[0].cells.contains("kl")) << "the baseline is no distance from itself";
  EXPECT_EQ(shown.rows[0].cells.count("win_rate"), 0U);
  EXPECT_TRUE(std::isfinite(shown.rows[1].cells.at("kl").value));
  EXPECT_EQ(read([&](Records& r) { return r.evaluation_answers(id); }).size(), 8U);
}

TEST_F(EvaluationJob, MakesBlindComparisonsThatNeverBecomeTrainingData) {
  evaluate(3);
  const auto tasks = blind_tasks();
  ASSERT_EQ(tasks.size(), 3U);
  for (const auto& task : tasks) {
    const auto first = read([&](Records& r) { return r.response(task.responses[0]); }).value();
    const auto second = read([&](Records& r) { return r.response(task.responses[1]); }).value();
    EXPECT_EQ(first.model, base().id);
    EXPECT_EQ(second.model, rival.id);
    EXPECT_EQ(task.overlap, 2) << "the project's overlap of comparisons";
  }
  const auto ann = add_member("ann");
  judge_all(ann, [](const feedback::Claim& claim) -> json {
    return {{"outcome", "better"}, {"better", claim.responses[0].id.value}, {"strength", "much"}};
  });
  const auto failed = run(ask_snapshot());
  EXPECT_EQ(failed.state, JobState::failed) << "blind judgments entered a snapshot";
}

TEST_F(EvaluationJob, CountsATieAndBothBadAsHalfAWin) {
  const auto id = evaluate(3);
  const auto tasks = blind_tasks();
  // Per task: the votes of ann and of ben.
  const std::map<std::int64_t, std::pair<std::string, std::string>> votes = {
      {tasks[0].id.value, {"win", "win"}},
      {tasks[1].id.value, {"tie", "loss"}},
      {tasks[2].id.value, {"tie", "both bad"}}};
  const auto decide = [&](bool first) {
    return [&, first](const feedback::Claim& claim) -> json {
      const auto& pair = votes.at(claim.task.value);
      const std::string& vote = first ? pair.first : pair.second;
      if (vote == "tie") return tie();
      if (vote == "both bad") return both_bad();
      const auto task = read([&](Records& r) { return r.task(claim.task); }).value();
      return {{"outcome", "better"},
              {"better", task.responses[vote == "win" ? 1 : 0].value},
              {"strength", "clearly"}};
    };
  };
  EXPECT_EQ(judge_all(add_member("ann"), decide(true)), 3);
  EXPECT_EQ(report(id).evaluation.state, loop::EvaluationState::judging);
  EXPECT_EQ(report(id).blind_done, 3);
  EXPECT_EQ(report(id).blind_wanted, 6);
  EXPECT_EQ(judge_all(add_member("ben"), decide(false)), 3);

  const auto shown = report(id);
  EXPECT_EQ(shown.evaluation.state, loop::EvaluationState::done);
  const auto rate = shown.rows[1].cells.at("win_rate");
  EXPECT_NEAR(rate.value, (1 + 1 + 0.5 + 0 + 0.5 + 0.5) / 6, 1e-12);
  EXPECT_EQ(rate.n, 3) << "the votes on one prompt are one cluster";
  EXPECT_GE(rate.low, 0);
  EXPECT_LT(rate.low, rate.value);
  EXPECT_GT(rate.high, rate.value);
  EXPECT_LE(rate.high, 1);
  EXPECT_FALSE(shown.rows[0].cells.contains("win_rate"));
}

TEST_F(EvaluationJob, IsJudgedUntilTheLastBlindJudgmentOnEveryPage) {
  using loop::EvaluationState;
  using loop::StageState;
  const auto id = evaluate(2);
  const auto agree = [&](EvaluationState state, StageState stage, std::int64_t done) {
    EXPECT_EQ(report(id).evaluation.state, state);
    EXPECT_EQ(in_round().first, state);
    EXPECT_EQ(in_round().second.state, stage);
    EXPECT_EQ(in_round().second.done, done);
    EXPECT_EQ(in_round().second.total, 1);
  };
  agree(EvaluationState::judging, StageState::running, 0);
  const auto say_tie = [](const feedback::Claim&) { return tie(); };
  ASSERT_EQ(judge_all(add_member("ann"), say_tie), 2);
  ASSERT_TRUE(judge(add_member("ben"), say_tie));
  agree(EvaluationState::judging, StageState::running, 0);
  ASSERT_TRUE(judge(add_member("cal"), say_tie));
  agree(EvaluationState::done, StageState::done, 1);
}

TEST_F(EvaluationJob, ThatWasCancelledBeforeItsAnswersIsShownAsFailedUntilItIsResumed) {
  add_prompt("Measured", feedback::Split::evaluation);
  rival = enter_model("rival", 8);
  const auto asked = ask_evaluation({.baseline = base().id, .models = {rival.id}, .tokens_max = 6}).value();
  WatchedStorage watched(*database);
  bool cancelled = false;
  watched.after_write = [&] {
    if (cancelled || !read([&](Records& r) { return r.evaluation_of_job(asked.id); })) return;
    cancelled = true;
    write([&](Records& r) { return loop::cancel_job(r, owner, asked.id, clock); }).value();
    std::this_thread::sleep_for(std::chrono::milliseconds(900));  // the heartbeat hears of it meanwhile
  };
  loop::Worker(watched, workspace, clock, worker_options()).run_one({});
  ASSERT_EQ(job(asked.id).state, JobState::cancelled);
  EXPECT_EQ(in_round().first, loop::EvaluationState::failed);
  EXPECT_EQ(in_round().second.state, loop::StageState::waiting);
  write([&](Records& r) { return loop::resume_job(r, owner, asked.id, clock); }).value();
  EXPECT_EQ(in_round().first, loop::EvaluationState::generating);
  EXPECT_EQ(in_round().second.state, loop::StageState::running);
  ASSERT_EQ(run(asked).state, JobState::done);
  EXPECT_EQ(in_round().first, loop::EvaluationState::done);
  EXPECT_EQ(in_round().second.state, loop::StageState::done);
}

TEST_F(EvaluationJob, KeepsColumnsThatCameWhileItsAnswersWereWritten) {
  add_prompt("Measured", feedback::Split::evaluation);
  rival = enter_model("rival", 8);
  const auto asked = ask_evaluation({.baseline = base().id, .models = {rival.id}, .tokens_max = 6}).value();
  WatchedStorage watched(*database);
  bool sent = false;
  watched.after_write = [&] {
    const auto evaluation = read([&](Records& r) { return r.evaluation_of_job(asked.id); });
    if (!sent && evaluation) sent = put(evaluation->id, "program", {}).has_value();
  };
  loop::Worker(watched, workspace, clock, worker_options()).run_one({});
  const auto evaluation = read([&](Records& r) { return r.evaluation_of_job(asked.id); }).value();
  EXPECT_EQ(report(evaluation.id).evaluation.columns.back().key, "exact");
}

TEST_F(EvaluationJob, TakesValuesOfAnOutsideProgramAndReplacesThemWhenSentAgain) {
  const auto id = evaluate(0);
  std::vector<loop::MetricValue> values;
  for (const auto prompt : prompts) {
    values.push_back({.response = answer(id, prompt, base().id), .metric = "exact", .value = 0});
    values.push_back({.response = answer(id, prompt, rival.id), .metric = "exact", .value = 1});
  }
  ASSERT_TRUE(put(id, "program", values));
  EXPECT_EQ(report(id).rows[1].cells.at("exact").value, 1);
  EXPECT_EQ(report(id).evaluation.columns.back().source, "program");
  values[1].value = 0;
  ASSERT_TRUE(put(id, "program", values));
  EXPECT_EQ(report(id).rows[1].cells.at("exact").value, 0.75);
  EXPECT_EQ(report(id).rows[1].cells.at("exact").n, 4);
}

TEST_F(EvaluationJob, RefusesValuesThatAreNotItsOwn) {
  const auto id = evaluate(0);
  const auto response = answer(id, prompts[0], base().id);
  EXPECT_EQ(put(id, "", {}).error().where, "/source");
  EXPECT_EQ(put(id, "p", {{.response = {99'999}, .metric = "exact", .value = 1}}).error().kind,
            ErrorKind::not_found);
  EXPECT_EQ(put(id, "p", {{.response = response, .metric = "other", .value = 1}}).error().kind,
            ErrorKind::invalid);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(put(id, "p", {{.response = response, .metric = "exact", .value = infinity}}).error().kind,
            ErrorKind::invalid);
  EXPECT_EQ(put(id, "p", {}, "length").error().kind, ErrorKind::conflict) << "the engine's own column";
  EXPECT_EQ(report(id).evaluation.columns.size(), 2U) << "what was refused left nothing behind";
}

TEST_F(EvaluationJob, ShowsTheTranscriptsThatGotBetterOrWorse) {
  const auto id = evaluate(0);
  std::vector<loop::MetricValue> values;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    values.push_back({.response = answer(id, prompts[i], base().id), .metric = "exact", .value = 0.5});
    values.push_back({.response = answer(id, prompts[i], rival.id),
                      .metric = "exact",
                      .value = i == 0   ? 1
                               : i == 1 ? 0
                                        : 0.5});
  }
  ASSERT_TRUE(put(id, "program", values));
  const auto transcripts = [&](Change change, feedback::Page page = {}) {
    return read([&](Records& r) {
             return loop::list_transcripts(r, owner, id, {.model = rival.id, .change = change, .page = page});
           })
        .value();
  };
  EXPECT_EQ(transcripts(Change::all).items.size(), 4U);
  const auto better = transcripts(Change::better).items;
  ASSERT_EQ(better.size(), 1U);
  EXPECT_EQ(better[0].prompt.id, prompts[0]);
  EXPECT_EQ(better[0].answers[0].model.id, base().id);
  EXPECT_EQ(better[0].answers[1].metrics.at("exact"), 1);
  const auto worse = transcripts(Change::worse).items;
  ASSERT_EQ(worse.size(), 1U);
  EXPECT_EQ(worse[0].prompt.id, prompts[1]);

  const auto page = transcripts(Change::all, {.limit = 3});
  ASSERT_TRUE(page.next);
  const auto rest = transcripts(Change::all, {.limit = 3, .after = *page.next});
  ASSERT_EQ(rest.items.size(), 1U);
  EXPECT_EQ(rest.items[0].prompt.id, prompts[3]);
  EXPECT_FALSE(rest.next);
}

TEST_F(EvaluationJob, FailsWithAReasonWithoutPromptsToMeasureOn) {
  rival = enter_model("rival", 8);
  const auto failed = run(ask_evaluation({.baseline = base().id, .models = {rival.id}}));
  EXPECT_EQ(failed.state, JobState::failed);
  EXPECT_NE(failed.error.find("no prompts of the split evaluation"), std::string::npos) << failed.error;
}

TEST_F(EvaluationJob, IsRefusedForAModelNamedTwice) {
  EXPECT_EQ(ask_evaluation({.baseline = base().id, .models = {base().id}}).error().message,
            "A model is named twice.");
  EXPECT_EQ(ask_evaluation({.baseline = base().id}).error().where, "/model_ids");
}

TEST_F(EvaluationJob, GoesOnAfterAStopWithTheModelsThatAreLeft) {
  add_prompt("Measured", feedback::Split::evaluation);
  rival = enter_model("rival", 8);
  const auto asked =
      ask_evaluation({.baseline = base().id, .models = {rival.id}, .tokens_max = 6, .blind_pairs = 1})
          .value();
  std::stop_source stop;
  WatchedStorage watched(*database);
  const auto answers = [&] {
    return read([&](Records& r) {
      const auto evaluation = r.evaluation_of_job(asked.id);
      return evaluation ? r.evaluation_answers(evaluation->id).size() : 0;
    });
  };
  watched.after_write = [&] {
    if (answers() > 0) stop.request_stop();
  };
  loop::Worker(watched, workspace, clock, worker_options("first")).run_one(stop.get_token());
  EXPECT_EQ(answers(), 1U);
  EXPECT_EQ(run(asked).state, JobState::done);
  EXPECT_EQ(answers(), 2U);
  EXPECT_EQ(blind_tasks().size(), 1U);
  EXPECT_EQ(read([&](Records& r) { return r.evaluations(project, round); }).size(), 1U);
}

}  // namespace
}  // namespace preceptor::cli::tests
