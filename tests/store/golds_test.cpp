#include "feedback/progress.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

TEST_P(StoreTest, GoldsComeAtTheirRateAndNeverTwice) {
  make_project({.rate = 0.25});
  const PersonId anna = add_member("anna");
  std::set<TaskId> golds;
  for (int i = 0; i < 3; ++i) golds.insert(add_task({.priority = i, .gold = true}));
  for (int i = 0; i < 17; ++i) add_task({});
  std::vector<int> gold_turns;
  std::set<TaskId> seen;
  for (int turn = 1; const auto next = claim(anna); ++turn) {
    EXPECT_TRUE(seen.insert(next->task).second);
    if (golds.contains(next->task)) gold_turns.push_back(turn);
    ASSERT_TRUE(submit(anna, *next, fitting_payload(*next)));
  }
  EXPECT_EQ(gold_turns, (std::vector<int>{4, 8, 12}));
  EXPECT_EQ(seen.size(), 20U);
}

TEST_P(StoreTest, EverybodyGetsEveryGoldOnceWhateverItsOverlap) {
  make_project({.rate = 1});
  const TaskId gold = add_task({.overlap = 1, .gold = true});
  for (int i = 0; i < 4; ++i) {
    const auto next = claim(add_member("person" + std::to_string(i)));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->task, gold);
  }
}

TEST_P(StoreTest, AGoldTellsWhetherTheAnswerWasRight) {
  make_project({.rate = 1});
  const PersonId anna = add_member("anna");
  const TaskId gold = add_task({.gold = true});
  const auto next = claim(anna);
  ASSERT_TRUE(next);
  const auto receipt = submit(anna, *next, compare_payload(task(gold).gold->better));
  ASSERT_TRUE(receipt && receipt->gold);
  EXPECT_TRUE(receipt->gold->right);
  EXPECT_EQ(receipt->gold->explanation, "It names the dose.");
  EXPECT_EQ(task(gold).state, TaskState::open);

  add_task({.gold = true});
  const auto tied = claim(anna);
  ASSERT_TRUE(tied);
  const auto wrong = submit(anna, *tied, R"({"outcome":"tie"})");
  ASSERT_TRUE(wrong && wrong->gold);
  EXPECT_FALSE(wrong->gold->right);
}

TEST_P(StoreTest, AlwaysWrongOnGoldsPausesAndAsksForAReview) {
  make_project({.good = 0.85, .bad = 0.6, .threshold = 4, .rate = 1});
  const PersonId anna = add_member("anna");
  std::optional<Receipt> last;
  int sent = 0;
  while (!last || !last->paused) {
    const TaskId gold = add_task({.gold = true});
    const auto next = claim(anna);
    ASSERT_TRUE(next);
    const auto receipt = submit(anna, *next, compare_payload(task(gold).responses.back()));
    ASSERT_TRUE(receipt);
    last = *receipt;
    ASSERT_LE(++sent, 5);
  }
  EXPECT_EQ(sent, 5);  // 5 · ln(0.40 / 0.15) = 4.90 is the first at or above 4; 4 · 0.98 = 3.92 is not
  const auto refused =
      write([&](Records& records) { return claim_next(records, as(anna), project, {}, clock); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
  EXPECT_NE(refused.error().message.find("check questions"), std::string::npos);

  ASSERT_TRUE(write([&](Records& records) {
    return set_pause(records, administrator, project, anna, false, "", clock).map([](const MemberView&) {
      return 0;
    });
  }));
  const auto member = read([&](Records& records) { return records.membership(project, anna); });
  EXPECT_EQ(member->watch, 0);
  add_task({});
  EXPECT_TRUE(claim(anna));
}

TEST_P(StoreTest, APausedMemberMayFinishWhatIsInHand) {
  make_project();
  const PersonId anna = add_member("anna");
  add_task({});
  const auto held = claim(anna);
  ASSERT_TRUE(held);
  const auto pause = [&](std::string_view reason) {
    return write([&](Records& records) {
      return set_pause(records, administrator, project, anna, true, reason, clock)
          .map([](const MemberView& view) { return view.membership.pause_reason; });
    });
  };
  EXPECT_EQ(pause(" ").error().where, "/reason");
  EXPECT_EQ(pause("Let us talk."), "Let us talk.");
  EXPECT_TRUE(submit(anna, *held, fitting_payload(*held)));
  const auto refused =
      write([&](Records& records) { return claim_next(records, as(anna), project, {}, clock); });
  EXPECT_NE(refused.error().message.find("Let us talk."), std::string::npos);
}

TEST_P(StoreTest, QualityShowsEverybodyAndTheirAgreement) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  for (int i = 0; i < 4; ++i) {
    const TaskId id = add_task({.overlap = 2});
    for (PersonId person : {anna, ben}) {
      const auto next = claim(person);
      ASSERT_TRUE(next);
      const auto responses = task(id).responses;
      ASSERT_TRUE(submit(person, *next, compare_payload(responses[i < 2 ? 0 : 1])));
    }
  }
  const auto quality =
      read([&](Records& records) { return project_quality(records, administrator, project); });
  ASSERT_TRUE(quality);
  EXPECT_EQ(quality->people.size(), 3U);
  EXPECT_EQ(quality->items, 4);
  ASSERT_TRUE(quality->krippendorff_alpha);
  EXPECT_DOUBLE_EQ(*quality->krippendorff_alpha, 1.0);
  EXPECT_EQ(read([&](Records& records) { return project_quality(records, as(anna), project); }).error().kind,
            ErrorKind::forbidden);
}

}  // namespace preceptor::store
