#include "feedback/progress.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;
using std::chrono::minutes;

TEST_P(StoreTest, TasksComeByPriorityThenId) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId low = add_task({.priority = 0});
  const TaskId high = add_task({.kind = TaskKind::rate, .priority = 5});
  const TaskId later = add_task({.kind = TaskKind::write, .priority = 5});
  for (TaskId expected : {high, later, low}) {
    const auto next = claim(anna);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->task, expected);
    EXPECT_TRUE(submit(anna, *next, fitting_payload(*next)));
  }
  EXPECT_FALSE(claim(anna));
}

TEST_P(StoreTest, OnlyTheKindsAskedForAreHandedOut) {
  make_project();
  const PersonId anna = add_member("anna");
  add_task({.kind = TaskKind::compare});
  const TaskId writing = add_task({.kind = TaskKind::write});
  const auto next = claim(anna, {TaskKind::write});
  ASSERT_TRUE(next);
  EXPECT_EQ(next->task, writing);
  EXPECT_FALSE(claim(add_member("ben"), {TaskKind::rate}));
}

TEST_P(StoreTest, AnUnfinishedTaskIsHandedOutAgainWithItsDraft) {
  make_project();
  const PersonId anna = add_member("anna");
  add_task({});
  add_task({});
  const auto first = claim(anna);
  ASSERT_TRUE(first);
  const auto saved = write([&](Records& records) {
    return save_draft(records, as(anna), first->task, R"({"reason":"half a tho"})", clock);
  });
  ASSERT_TRUE(saved);
  clock.advance(minutes(40));  // on another machine, after the lease ran out
  const auto again = claim(anna);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->task, first->task);
  EXPECT_EQ(again->lease_token, first->lease_token);
  EXPECT_EQ(again->draft, R"({"reason":"half a tho"})");
  EXPECT_EQ(again->lease_expires_at, clock.now() + lease_duration);
  ASSERT_TRUE(submit(anna, *again, fitting_payload(*again)));
  EXPECT_FALSE(read([&](Records& records) { return records.draft(first->task, anna); }));
}

TEST_P(StoreTest, ResponsesAreShuffledButAlwaysTheSameForOnePerson) {
  make_project();
  std::set<std::vector<std::int64_t>> orders;
  const TaskId id = add_task({.overlap = 12});
  for (int i = 0; i < 12; ++i) {
    const PersonId person = add_member("person" + std::to_string(i));
    const auto order_of = [](const Claim& claim) {
      std::vector<std::int64_t> order;
      for (const ShownResponse& shown : claim.responses) order.push_back(shown.id.value);
      return order;
    };
    const auto first = claim(person);
    const auto second = claim(person);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->task, id);
    EXPECT_EQ(order_of(*first), order_of(*second));
    orders.insert(order_of(*first));
  }
  EXPECT_EQ(orders.size(), 2U);
}

TEST_P(StoreTest, AnExpiredLeaseGoesToSomebodyElseAndTheLateWorkIsKeptAsSurplus) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  const TaskId id = add_task({.overlap = 1});
  const auto hers = claim(anna);
  ASSERT_TRUE(hers);
  EXPECT_FALSE(claim(ben));
  clock.advance(minutes(16));
  const auto his = claim(ben);
  ASSERT_TRUE(his);
  EXPECT_EQ(his->task, id);

  const auto late = submit(anna, *hers, fitting_payload(*hers));
  ASSERT_TRUE(late) << late.error().text();
  EXPECT_FALSE(late->counted);
  const auto in_time = submit(ben, *his, fitting_payload(*his));
  ASSERT_TRUE(in_time);
  EXPECT_TRUE(in_time->counted);
  EXPECT_EQ(task(id).counted, 1);
  EXPECT_EQ(task(id).state, TaskState::done);
  const auto all =
      read([&](Records& records) { return records.judgments({.project = project, .task = id}); });
  EXPECT_EQ(all.items.size(), 2U);
  EXPECT_FALSE(claim(anna)) << "nobody gets the same task twice";
}

TEST_P(StoreTest, AnExpiredLeaseThatNobodyTookOverStillCounts) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId id = add_task({});
  const auto hers = claim(anna);
  ASSERT_TRUE(hers);
  clock.advance(minutes(60));
  EXPECT_FALSE(claim(add_member("ben"), {TaskKind::rate}));  // releases what has expired
  const auto receipt = submit(anna, *hers, fitting_payload(*hers));
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(receipt->counted);
  EXPECT_EQ(task(id).state, TaskState::done);
}

TEST_P(StoreTest, ARenewedLeaseIsNotTakenOver) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  add_task({});
  const auto hers = claim(anna);
  ASSERT_TRUE(hers);
  const auto renew = [&](std::string_view token) {
    return write([&](Records& records) { return renew_lease(records, as(anna), hers->task, token, clock); });
  };
  clock.advance(minutes(10));
  const auto renewed = renew(hers->lease_token);
  ASSERT_TRUE(renewed);
  EXPECT_EQ(*renewed, clock.now() + lease_duration);
  EXPECT_EQ(renew("another token").error().kind, ErrorKind::not_found);
  clock.advance(minutes(10));
  EXPECT_FALSE(claim(ben));
  clock.advance(minutes(10));
  EXPECT_TRUE(claim(ben));
  EXPECT_EQ(renew(hers->lease_token).error().kind, ErrorKind::conflict);
}

TEST_P(StoreTest, ASkippedTaskGoesToOthersAndNeverComesBack) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId id = add_task({});
  const auto hers = claim(anna);
  ASSERT_TRUE(hers);
  ASSERT_TRUE(write([&](Records& records) {
    return skip(records, as(anna), id, hers->lease_token, "not my field", clock);
  }));
  EXPECT_FALSE(claim(anna));
  const auto his = claim(add_member("ben"));
  ASSERT_TRUE(his);
  EXPECT_EQ(his->task, id);
}

TEST_P(StoreTest, ASecondJudgmentForOneTaskIsRefused) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId id = add_task({.overlap = 2});
  const auto hers = claim(anna);
  ASSERT_TRUE(hers);
  ASSERT_TRUE(submit(anna, *hers, fitting_payload(*hers), "key-1"));
  const auto second = submit(anna, *hers, fitting_payload(*hers), "key-2");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
  EXPECT_EQ(task(id).counted, 1);
}

TEST_P(StoreTest, TheSameIdempotencyKeyAnswersTheFirstReceiptAgain) {
  make_project({.rate = 1});
  const PersonId anna = add_member("anna");
  add_task({.gold = true});
  const auto hers = claim(anna);
  ASSERT_TRUE(hers);
  const auto first = submit(anna, *hers, fitting_payload(*hers), "key-1");
  const auto again = submit(anna, *hers, fitting_payload(*hers), "key-1");
  ASSERT_TRUE(first && again);
  const auto changed = submit(anna, *hers, "not even JSON", "key-1");
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, ErrorKind::conflict);
  EXPECT_EQ(changed.error().where, "Idempotency-Key");
  EXPECT_EQ(again->judgment, first->judgment);
  EXPECT_TRUE(again->repeated);
  ASSERT_TRUE(again->gold && first->gold);
  EXPECT_EQ(again->gold->right, first->gold->right);
  const auto member = read([&](Records& records) { return records.membership(project, anna); });
  EXPECT_EQ(member->judgments, 1);
  EXPECT_EQ(member->golds, 1);

  const TaskId other = add_task({});
  const auto next = claim(anna);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->task, other);
  EXPECT_EQ(submit(anna, *next, fitting_payload(*next), "key-1").error().kind, ErrorKind::conflict);
}

TEST_P(StoreTest, ACorrectionSupersedesAndTakesThePlaceOfTheFirst) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId id = add_task({.kind = TaskKind::write, .overlap = 2});
  const auto hers = claim(anna);
  ASSERT_TRUE(hers);
  const auto first = submit(anna, *hers, R"({"text":"ten miligrams","note":""})");
  ASSERT_TRUE(first);
  const auto correct = [&](JudgmentId before) {
    return write([&](Records& records) {
      return feedback::submit(
          records, as(anna),
          {.task = id, .payload = R"({"text":"Ten milligrams.","note":""})", .supersedes = before}, clock);
    });
  };
  const auto second = correct(first->judgment);
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(correct(first->judgment).error().kind, ErrorKind::conflict);
  EXPECT_EQ(task(id).counted, 1);
  const auto current = read([&](Records& records) {
    return records.judgments({.project = project, .task = id, .current_only = true});
  });
  ASSERT_EQ(current.items.size(), 1U);
  EXPECT_EQ(current.items.front().id, second->judgment);
}

TEST_P(StoreTest, WorkOnATaskThatWasNeverHandedOutIsNotFound) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  add_task({});
  const auto hers = claim(anna);
  ASSERT_TRUE(hers);
  EXPECT_EQ(submit(ben, *hers, fitting_payload(*hers)).error().kind, ErrorKind::not_found);
  Claim forged = *hers;
  forged.lease_token = "guess";
  EXPECT_EQ(submit(anna, forged, fitting_payload(*hers)).error().kind, ErrorKind::not_found);
  const PersonId stranger = add_person("stranger");
  EXPECT_EQ(submit(stranger, *hers, fitting_payload(*hers)).error().kind, ErrorKind::not_found);
}

TEST_P(StoreTest, ARefusedPayloadLeavesTheTaskAsItWas) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId id = add_task({.kind = TaskKind::rate});
  const auto hers = claim(anna);
  ASSERT_TRUE(hers);
  const auto refused = submit(anna, *hers, R"({"scores":{"accuracy":2,"tone":2}})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "/reasons/accuracy");
  EXPECT_EQ(task(id).counted, 0);
  EXPECT_TRUE(
      submit(anna, *hers, R"({"scores":{"accuracy":2,"tone":2},"reasons":{"accuracy":"wrong unit"}})"));
}

TEST_P(StoreTest, ProgressCountsWhatIsDoneAndWhatIsLeft) {
  make_project();
  const PersonId anna = add_member("anna");
  for (int i = 0; i < 5; ++i) add_task({.overlap = 2});
  ASSERT_TRUE(judge(anna));
  clock.advance(std::chrono::hours(30));
  ASSERT_TRUE(judge(anna));
  const auto held = claim(anna);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->done, 2);
  EXPECT_EQ(held->available, 2);
  ASSERT_TRUE(
      write([&](Records& records) { return save_draft(records, as(anna), held->task, "{}", clock); }));
  const auto progress =
      read([&](Records& records) { return my_progress(records, as(anna), project, clock); });
  ASSERT_TRUE(progress);
  EXPECT_EQ(progress->done, 2);
  EXPECT_EQ(progress->done_today, 1);
  EXPECT_EQ(progress->available, 2);
  EXPECT_EQ(progress->drafts, 1);
}

// The three steps of a server: somebody else may come in between.
TEST_P(StoreTest, APlaceThatWasLookedUpIsWhatTheClaimGives) {
  make_project();
  const PersonId anna = add_member("anna");
  add_task({.overlap = 2});
  const TaskId urgent = add_task({.overlap = 2, .priority = 5});
  const auto look = [&](PersonId person) {
    return read([&](Records& records) { return look_for_task(records, as(person), project, {}); });
  };
  const auto place = look(anna);
  ASSERT_TRUE(place.place);
  EXPECT_EQ(place.place->task, urgent);
  EXPECT_EQ(place.available, 2);
  const auto handed =
      write([&](Records& records) { return take_next(records, as(anna), project, {}, place, clock); });
  ASSERT_TRUE(handed && *handed);
  EXPECT_EQ((*handed)->slot.task, urgent);
  const Claim shown = read([&](Records& records) { return show_handed(records, project, {}, **handed); });
  EXPECT_EQ(shown.task, urgent);
  EXPECT_EQ(shown.lease_token, (*handed)->slot.lease_token);
  EXPECT_EQ(shown.available, 1);
  EXPECT_FALSE(look(anna).place) << "the task in hand comes first, nothing is searched for";
}

TEST_P(StoreTest, APlaceThatWasTakenMeanwhileGivesTheNextOne) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  const TaskId first = add_task({});
  const TaskId second = add_task({});
  const auto place = read([&](Records& records) { return look_for_task(records, as(anna), project, {}); });
  ASSERT_TRUE(place.place);
  EXPECT_EQ(place.place->task, first);
  ASSERT_EQ(claim(ben)->task, first);
  const auto handed =
      write([&](Records& records) { return take_next(records, as(anna), project, {}, place, clock); });
  ASSERT_TRUE(handed && *handed);
  EXPECT_EQ((*handed)->slot.task, second);
}

TEST_P(StoreTest, APlaceBeyondWhichNothingIsLeftHidesNothingBeforeIt) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId first = add_task({});
  const auto found = read([&](Records& records) { return look_for_task(records, as(anna), project, {}); });
  ASSERT_TRUE(found.place);
  Outlook beyond = found, elsewhere = found;
  beyond.place->task.value += 1000;
  elsewhere.place->lane.value += 7;
  for (const Outlook& place : {beyond, elsewhere}) {
    const auto handed =
        write([&](Records& records) { return take_next(records, as(anna), project, {}, place, clock); });
    ASSERT_TRUE(handed && *handed);
    EXPECT_EQ((*handed)->slot.task, first);
  }
}

}  // namespace preceptor::store
