#include "feedback/events.hpp"
#include "feedback/verify.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

namespace {

// A little of everything: ordinary work, golds, a pause by the watch, a correction, surplus, a skip.
class LogTest : public StoreTest {
protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (HasFatalFailure()) return;
    make_project({.threshold = 2, .rate = 0.5});
    anna_ = add_member("anna");
    ben_ = add_member("ben");
    for (int i = 0; i < 4; ++i) add_task({.overlap = 2});
    for (int i = 0; i < 6; ++i) golds_.push_back(add_task({.gold = true}));
    for (int i = 0; i < 8; ++i) work_wrongly(anna_);
    const auto late = claim(ben_);
    ASSERT_TRUE(late);
    ASSERT_TRUE(submit(ben_, *late, fitting_payload(*late)));
    seal();
    const auto again = write([&](Records& records) {
      return feedback::submit(records, as(ben_),
                              {.task = late->task,
                               .payload = R"({"outcome":"tie"})",
                               .supersedes = records.latest_judgment(late->task, ben_)->id},
                              clock);
    });
    ASSERT_TRUE(again) << again.error().text();
  }

  void work_wrongly(PersonId person) {
    const auto next =
        write([&](Records& records) { return claim_next(records, as(person), project, {}, clock); });
    if (!next || !*next) return;
    const auto responses = task((*next)->task).responses;
    ASSERT_TRUE(submit(person, **next, compare_payload(responses.back())));
  }

  std::int64_t seal() {
    return write([&](Records& records) { return seal_events(records, clock); });
  }
  VerifyReport verify() {
    return read([](Records& records) { return verify_log(records); });
  }
  void expect_difference(const std::string& words) {
    const auto differences = verify().differences;
    ASSERT_FALSE(differences.empty());
    EXPECT_NE(std::find_if(differences.begin(), differences.end(),
                           [&](const std::string& text) { return text.find(words) != std::string::npos; }),
              differences.end())
        << "not found: " << words << "; first: " << differences.front();
  }

  PersonId anna_, ben_;
  std::vector<TaskId> golds_;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Databases, LogTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

TEST_P(LogTest, AnHonestLogVerifies) {
  EXPECT_TRUE(read([&](Records& records) { return records.membership(project, anna_); })->paused);
  const auto before = verify();
  EXPECT_EQ(before.differences, std::vector<std::string>{});
  EXPECT_EQ(before.roots, 1);
  EXPECT_GT(before.unsealed, 0);
  EXPECT_GT(before.golds, 0);
  EXPECT_GT(seal(), 0);
  EXPECT_EQ(seal(), 0);
  const auto after = verify();
  EXPECT_EQ(after.differences, std::vector<std::string>{});
  EXPECT_EQ(after.roots, 2);
  EXPECT_EQ(after.unsealed, 0);
  EXPECT_EQ(after.events, before.events);
  EXPECT_NE(after.last_root, before.last_root);
}

TEST_P(LogTest, GoldsAreWatchedByTheFiguresOfTheirTimeAndTheLogAgrees) {
  const PersonId dora = add_member("dora");
  work_wrongly(dora);
  work_wrongly(dora);
  const auto watch = [&] {
    return read([&](Records& records) { return records.membership(project, dora); })->watch;
  };
  const double before = watch();
  EXPECT_GT(before, 0);
  const auto changed = write([&](Records& records) {
    return set_settings(records, administrator, project,
                        {.name = "Ward",
                         .languages = {"en"},
                         .domains = {},
                         .gold_watch = {.good = 0.95, .bad = 0.4, .threshold = 50, .rate = 0.5}},
                        clock);
  });
  ASSERT_TRUE(changed) << changed.error().text();
  EXPECT_EQ(watch(), before) << "until the next gold";
  for (int i = 0; i < 4; ++i) work_wrongly(dora);
  EXPECT_GT(watch(), before + 4) << "each wrong answer now weighs ln(0.6 / 0.05) = 2.48";
  seal();
  const auto report = verify();
  EXPECT_TRUE(report.differences.empty()) << report.differences.front();
}

TEST_P(LogTest, AChangedJudgmentIsNoticed) {
  tamper_guarded("judgment", "judgment_stays",
                 "UPDATE judgment SET payload = '{\"outcome\":\"tie\"}' WHERE id = 1");
  expect_difference("the content of judgment 1 was changed");
}

TEST_P(LogTest, ARemovedJudgmentIsNoticed) {
  tamper_guarded("judgment", "judgment_kept",
                 "DELETE FROM judgment WHERE id = (SELECT max(id) FROM judgment)");
  expect_difference("is missing");
}

TEST_P(LogTest, AnInventedJudgmentIsNoticed) {
  tamper(
      "INSERT INTO judgment (project_id, task_id, kind, person_id, payload, seconds_active, counted, "
      "idempotency_key, "
      "purpose, gold, guideline_version, rubric_version, created_at) "
      "SELECT project_id, max(id), 0, (SELECT max(id) FROM person), '{}', 0, 0, '', 0, 0, 1, 1, 0 FROM task "
      "GROUP BY project_id");
  expect_difference("is not in the log");
}

TEST_P(LogTest, AChangedCountOrStateIsNoticed) {
  tamper("UPDATE task SET counted = 0 WHERE id = 1");
  expect_difference("task 1 says 0 counted judgments");
  tamper("UPDATE task SET counted = 2, state = 0 WHERE id = 1");
  expect_difference("task 1 is open with 2 of 2 judgments");
}

TEST_P(LogTest, AChangedSlotIsNoticed) {
  tamper("UPDATE slot SET state = 0 WHERE state = 2 AND gold = 0");
  expect_difference("finished slots");
}

TEST_P(LogTest, AChangedGoldScoreOrAnswerIsNoticed) {
  tamper_guarded("judgment", "judgment_stays", "UPDATE judgment SET gold_right = 1 WHERE gold_right = 0");
  expect_difference("does not follow from its answer");
}

TEST_P(LogTest, AChangedGoldAnswerIsNoticed) {
  tamper("UPDATE task SET gold_response_id = gold_response_id + 1 WHERE gold_response_id IS NOT NULL");
  expect_difference("the gold answer of task");
}

TEST_P(LogTest, ALiftedPauseIsNoticed) {
  tamper("UPDATE membership SET paused = 0, pause_reason = '', watch = 0");
  expect_difference("the pause of person");
  expect_difference("the gold watch of person");
}

TEST_P(LogTest, AChangedPromptOrResponseIsNoticed) {
  tamper("UPDATE response SET text = 'something else' WHERE id = 1");
  expect_difference("response 1 was changed after it was logged");
  tamper("UPDATE prompt SET domain = 'legal' WHERE id = 1");
  expect_difference("prompt 1 was changed after it was logged");
}

TEST_P(LogTest, AChangedGuidelineIsNoticed) {
  tamper_guarded("guideline", "guideline_stays", "UPDATE guideline SET markdown = 'Anything goes'");
  expect_difference("guideline version 1 of project");
}

TEST_P(LogTest, AChangedPayloadBreaksItsCommitment) {
  tamper("UPDATE event_payload SET payload = '{}' WHERE event_id = 3");
  expect_difference("does not match its commitment");
}

TEST_P(LogTest, AChangedEventBreaksItsRoot) {
  tamper_guarded("event", "event_stays", "UPDATE event SET at = at + 1 WHERE id = 3");
  expect_difference("root 1 over positions");
}

TEST_P(LogTest, ARemovedEventLeavesAGap) {
  tamper_guarded("event", "event_kept",
                 "DELETE FROM event_payload WHERE event_id = 4; DELETE FROM event WHERE id = 4");
  expect_difference("are missing");
}

TEST_P(LogTest, ARewrittenRootBreaksTheChain) {
  seal();
  tamper_guarded("event_root", "root_stays",
                 "UPDATE event_root SET root = 'ab' || substr(root, 3) WHERE number = 1");
  expect_difference("does not match the events");
}

TEST_P(LogTest, AnErasedPayloadLeavesTheRootsWhole) {
  const auto event = read([&](Records& records) {
    for (const LoggedEvent& logged : records.events({1, 1000})) {
      if (logged.event.kind == event::judgment_submitted) return logged.event.id;
    }
    return EventId{};
  });
  ASSERT_TRUE(event);
  EXPECT_TRUE(write([&](Records& records) { return records.erase_payload(event); }));
  const auto report = verify();
  EXPECT_EQ(report.erased, 1);
  for (const std::string& difference : report.differences)
    EXPECT_EQ(difference.find("root"), std::string::npos);
}

TEST_P(StoreTest, WhatIsKeptForGoodCannotBeChangedOrRemoved) {
  make_project();
  const PersonId anna = add_member("anna");
  add_task({});
  ASSERT_TRUE(judge(anna));
  write([&](Records& records) { return seal_events(records, clock); });
  for (const char* sql :
       {"UPDATE judgment SET payload = '{}'", "DELETE FROM judgment", "UPDATE guideline SET markdown = ''",
        "DELETE FROM guideline", "UPDATE rubric SET dimensions = '[]'", "DELETE FROM rubric",
        "UPDATE event SET kind = 'other'", "UPDATE event SET position = 99",
        "DELETE FROM event WHERE id NOT IN (SELECT event_id FROM event_payload) OR id = 1",
        "UPDATE event_root SET root = ''", "DELETE FROM event_root"}) {
    try {
      tamper(sql);
      ADD_FAILURE() << sql;
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.error.kind, ErrorKind::conflict) << sql << ": " << failure.error.message;
    }
  }
}

}  // namespace preceptor::store
