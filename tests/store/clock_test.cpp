// A machine's clock may be set back, by an hour or by a year. Nothing may be lost or counted twice for that.
#include "feedback/events.hpp"
#include "feedback/verify.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

TEST_P(StoreTest, AClockThatGoesBackwardsTakesNoTaskFromAnybody) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  add_task({.overlap = 1});
  const auto hers = claim(anna);
  ASSERT_TRUE(hers);
  clock.set(clock.now() - std::chrono::hours(24));
  EXPECT_FALSE(claim(ben)) << "the task is in somebody's hands";
  const auto again = claim(anna);
  ASSERT_TRUE(again) << "and comes back to her";
  EXPECT_EQ(again->task, hers->task);
  const auto receipt = submit(anna, *hers, fitting_payload(*hers));
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(receipt->counted);
}

TEST_P(StoreTest, AClockThatGoesForwardAndBackHandsASlotOverOnce) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  const TaskId id = add_task({.overlap = 1});
  const auto hers = claim(anna);
  const Timestamp before = clock.now();
  clock.advance(lease_duration + std::chrono::minutes(1));
  const auto his = claim(ben);
  ASSERT_TRUE(his) << "her lease is over";
  clock.set(before - std::chrono::hours(1));
  const auto late = submit(anna, *hers, fitting_payload(*hers));
  const auto taken = submit(ben, *his, fitting_payload(*his));
  ASSERT_TRUE(late && taken);
  EXPECT_FALSE(late->counted);
  EXPECT_TRUE(taken->counted);
  EXPECT_EQ(task(id).counted, 1);
}

TEST_P(StoreTest, TheEventLogHoldsWhateverTheClockDoes) {
  make_project();
  const PersonId anna = add_member("anna");
  for (int i = 0; i < 6; ++i) {
    add_task({.overlap = 1});
    clock.set(clock.now() - std::chrono::hours(7 * i));
    ASSERT_TRUE(judge(anna));
    write([&](Records& records) { seal_events(records, clock); });
  }
  const auto report = read([](Records& records) { return verify_log(records); });
  EXPECT_EQ(report.differences, std::vector<std::string>{});
  EXPECT_EQ(report.judgments, 6);
}

}  // namespace preceptor::store
