// What the event log remembers of the loop's tables, held against tables that somebody has changed.
#include "feedback/events.hpp"
#include "loop/ledger.hpp"
#include "loop/verify.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

namespace {

// One round from its first model to its promotion, and a second round that is still open.
class LoopLogTest : public StoreTest {
protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (HasFatalFailure()) return;
    make_project();
    const PersonId anna = add_member("anna");
    add_task({});
    const auto judged = judge(anna);
    ASSERT_TRUE(judged);
    write([&](loop::Records& records) { go_round(records, judged->judgment); });
  }

  void go_round(loop::Records& records, JudgmentId judgment) {
    const PersonId lead = administrator.person;
    base = enter(records, model("base"), loop::Current::unless_there_is_one, lead);
    round =
        enter(records, {.project = project, .name = "First", .model_before = base, .created_at = clock.now()},
              lead);
    loop::Snapshot taken{.project = project,
                         .round = round,
                         .sha256 = "manifest",
                         .weighting = "reliability",
                         .files = {{"preferences.jsonl", "abc", 1, 200}},
                         .created_at = clock.now()};
    snapshot = enter(records, taken, std::vector{judgment}, lead);
    loop::Run row{.project = project,
                  .round = round,
                  .objective = loop::Objective::dpo,
                  .base_model = base,
                  .snapshot = snapshot,
                  .name = "first",
                  .settings = R"({"seed":1})",
                  .created_at = clock.now()};
    row.id = records.add_run(row);
    loop::Model made = model("better");
    made.parent = base;
    made.run = row.id;
    made.objective = loop::Objective::dpo;
    better = enter(records, made, loop::Current::stays, lead);
    row.model = better;
    row.state = loop::RunState::done;
    row.ended_at = clock.now();
    finish(records, row, lead);
    run = row.id;
    evaluation = evaluate(records);
    enter(records, loop::Promotion{.project = project,
                                   .model = better,
                                   .previous_model = base,
                                   .evaluation = evaluation,
                                   .person = lead,
                                   .note = "It is better.",
                                   .created_at = clock.now()});
    enter(records, loop::Round{.project = project, .name = "Second", .model_before = better}, lead);
  }

  loop::EvaluationId evaluate(loop::Records& records) {
    loop::Evaluation row{.project = project,
                         .round = round,
                         .baseline_model = base,
                         .models = {base, better},
                         .columns = {{.key = "length", .label = "Length", .better = loop::Better::none}},
                         .created_at = clock.now()};
    row.id = records.add_evaluation(row);
    const Task judged = records.tasks({.project = project}).items.front();
    records.add_evaluation_pair({row.id, judged.id, better});
    for (std::size_t i = 0; i < 2; ++i) {
      records.add_evaluation_answer({row.id, judged.prompt, row.models[i], judged.responses[i]});
      records.put_metric_value({row.id, judged.responses[i], "length", 0.1 + static_cast<double>(i)});
    }
    row.state = loop::EvaluationState::judging;
    finish(records, row, administrator.person, clock.now());
    row.columns.push_back({.key = "exact", .label = "Exact", .source = "program"});
    records.put_metric_value({row.id, judged.responses[0], "exact", 1});
    measured(records, row, administrator.person, clock.now());
    return row.id;
  }

  loop::Model model(const std::string& name) const {
    return {.project = project, .name = name, .sha256 = "hash of " + name, .created_at = clock.now()};
  }

  loop::VerifyReport verify() {
    return read([](loop::Records& records) { return loop::verify(records); });
  }
  void expect_difference(const std::string& words) {
    const auto differences = verify().log.differences;
    EXPECT_NE(std::find(differences.begin(), differences.end(), words), differences.end())
        << "not found: " << words << "; first: " << (differences.empty() ? "none" : differences.front());
  }

  loop::ModelId base, better;
  loop::RoundId round;
  loop::SnapshotId snapshot;
  loop::RunId run;
  loop::EvaluationId evaluation;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Databases, LoopLogTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

TEST_P(LoopLogTest, AnHonestRoundVerifies) {
  const auto report = verify();
  EXPECT_EQ(report.log.differences, std::vector<std::string>{});
  EXPECT_EQ(report.rounds, 2);
  EXPECT_EQ(report.models, 2);
  EXPECT_EQ(report.snapshots, 1);
  EXPECT_EQ(report.runs, 1);
  EXPECT_EQ(report.evaluations, 1);
  EXPECT_EQ(report.promotions, 1);
}

TEST_P(LoopLogTest, EveryChangedColumnIsNamed) {
  const struct {
    const char* sql;
    const char* back;
    const char* words;
  } changes[] = {
      {"UPDATE round SET name = 'Other' WHERE id = 1", "UPDATE round SET name = 'First' WHERE id = 1",
       "round 1: its name and the log differ"},
      {"UPDATE round SET model_before_id = 2 WHERE id = 1",
       "UPDATE round SET model_before_id = 1 WHERE id = 1", "round 1: its model before and the log differ"},
      {"UPDATE round SET state = 0 WHERE id = 1", "UPDATE round SET state = 1 WHERE id = 1",
       "round 1 is open, the log says closed"},
      {"UPDATE round SET state = 1 WHERE id = 2", "UPDATE round SET state = 0 WHERE id = 2",
       "round 2 is closed, the log says open"},
      {"UPDATE round SET model_after_id = 1 WHERE id = 1", "UPDATE round SET model_after_id = 2 WHERE id = 1",
       "round 1 ends with another model than the logged promotion"},
      {"UPDATE model SET sha256 = 'x' WHERE id = 2",
       "UPDATE model SET sha256 = 'hash of better' WHERE id = 2", "model 2: its sha256 and the log differ"},
      {"UPDATE model SET files = '[{}]' WHERE id = 2", "UPDATE model SET files = '[]' WHERE id = 2",
       "model 2: its files and the log differ"},
      {"UPDATE model SET parent_id = NULL WHERE id = 2", "UPDATE model SET parent_id = 1 WHERE id = 2",
       "model 2: its parent and the log differ"},
      {"UPDATE project SET current_model_id = 1", "UPDATE project SET current_model_id = 2",
       "the current model of project 1 is 1, the log says 2"},
      {"UPDATE snapshot SET sha256 = 'x'", "UPDATE snapshot SET sha256 = 'manifest'",
       "snapshot 1: its sha256 and the log differ"},
      {"UPDATE snapshot SET weighting = 'none'", "UPDATE snapshot SET weighting = 'reliability'",
       "snapshot 1: its weighting and the log differ"},
      {"UPDATE snapshot SET judgment_count = 5", "UPDATE snapshot SET judgment_count = 1",
       "snapshot 1: its judgments and the log differ"},
      {"UPDATE run SET settings = '{}'", "UPDATE run SET settings = '{\"seed\":1}'",
       "run 1: its settings and the log differ"},
      {"UPDATE run SET snapshot_id = NULL", "UPDATE run SET snapshot_id = 1",
       "run 1: its snapshot and the log differ"},
      {"UPDATE run SET state = 0", "UPDATE run SET state = 1", "run 1 is running, the log says done"},
      {"UPDATE evaluation SET state = 2", "UPDATE evaluation SET state = 1",
       "evaluation 1: its state and the log differ"},
      {"UPDATE evaluation SET baseline_model_id = 2", "UPDATE evaluation SET baseline_model_id = 1",
       "evaluation 1: its baseline and the log differ"},
      {"UPDATE evaluation SET columns = '[]'",
       "UPDATE evaluation SET "
       "columns='[{\"better\":\"none\",\"key\":\"length\",\"label\":\"Length\",\"source\":\"\",\"unit\":\"\"}"
       ","
       "{\"better\":\"higher\",\"key\":\"exact\",\"label\":\"Exact\",\"source\":\"program\",\"unit\":\"\"}]'",
       "evaluation 1: its columns and the log differ"},
      {"UPDATE evaluation_pair SET model_id = 1", "UPDATE evaluation_pair SET model_id = 2",
       "evaluation 1: its pairs and the log differ"},
      {"UPDATE metric_value SET value = 0.5 WHERE metric = 'exact'",
       "UPDATE metric_value SET value = 1 WHERE metric = 'exact'",
       "evaluation 1: its values of exact and the log differ"},
  };
  for (const auto& change : changes) {
    SCOPED_TRACE(change.sql);
    tamper(change.sql);
    expect_difference(change.words);
    tamper(change.back);
    EXPECT_EQ(verify().log.differences, std::vector<std::string>{}) << change.back;
  }
}

TEST_P(LoopLogTest, AChangedPromotionIsNamed) {
  tamper_guarded("promotion", "promotion_stays", "UPDATE promotion SET note = 'It is worse.'");
  expect_difference("promotion 1: its note and the log differ");
}

TEST_P(LoopLogTest, ARemovedPromotionIsNamed) {
  tamper_guarded("promotion", "promotion_kept", "DELETE FROM promotion");
  expect_difference("promotion 1 is missing");
}

TEST_P(LoopLogTest, AnInventedPromotionModelOrSnapshotIsNamed) {
  tamper(
      "INSERT INTO promotion (project_id, model_id, person_id, note, created_at) "
      "SELECT project_id, 1, person_id, 'Back', 0 FROM promotion");
  expect_difference("promotion 2 is not in the log");
  tamper(
      "INSERT INTO model (project_id, name, objective, sha256, files, parameters, created_at) "
      "SELECT project_id, 'smuggled', objective, 'x', '[]', 1, 0 FROM model WHERE id = 1");
  expect_difference("model 3 is not in the log");
  tamper(
      "INSERT INTO snapshot (project_id, sha256, weighting, files, summary, judgment_count, created_at) "
      "SELECT project_id, sha256, weighting, files, summary, 0, 0 FROM snapshot");
  expect_difference("snapshot 2 is not in the log");
}

TEST_P(LoopLogTest, AJudgmentTakenOutOfASnapshotIsNamed) {
  tamper("DELETE FROM snapshot_judgment");
  expect_difference("snapshot 1: its judgments and the log differ");
}

TEST_P(LoopLogTest, ValuesThatNobodyMeasuredAreNamed) {
  tamper(
      "INSERT INTO metric_value (evaluation_id, metric, response_id, value) "
      "SELECT evaluation_id, 'invented', response_id, 1 FROM metric_value WHERE metric = 'exact'");
  expect_difference("evaluation 1: its values of invented are not in the log");
  tamper("DELETE FROM metric_value WHERE metric = 'exact'");
  expect_difference("evaluation 1: its values of exact and the log differ");
}

TEST_P(LoopLogTest, ARemovedEvaluationIsNamed) {
  tamper(
      "DELETE FROM metric_value; DELETE FROM evaluation_pair; DELETE FROM evaluation_answer; "
      "UPDATE round SET state = 1; ");
  tamper_guarded("promotion", "promotion_stays", "UPDATE promotion SET evaluation_id = NULL");
  tamper("DELETE FROM evaluation");
  expect_difference("evaluation 1 is missing");
  expect_difference("promotion 1: its evaluation and the log differ");
}

TEST_P(LoopLogTest, AnErasedEventTakesItsRowOutOfTheComparisonOnly) {
  const auto event = read([&](loop::Records& records) {
    for (const LoggedEvent& logged : records.unsealed_with_payload())
      if (logged.event.kind == event::run_finished) return logged.event.id;
    return EventId{};
  });
  ASSERT_TRUE(write([&](loop::Records& records) { return records.erase_payload(event); }));
  EXPECT_EQ(verify().log.differences, std::vector<std::string>{});
  tamper("UPDATE model SET sha256 = 'x' WHERE id = 2");
  expect_difference("model 2: its sha256 and the log differ");
}

}  // namespace preceptor::store
