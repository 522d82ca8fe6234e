#include "server/sign_in_throttle.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "store/store.hpp"

namespace preceptor::server {
namespace {

using std::chrono::minutes;

struct SignIns : testing::Test {
  TemporaryFolder folder;
  ManualClock clock{Timestamp{1'000'000'000}};
  std::unique_ptr<store::Database> database = store::open({.database = (folder.path() / "p.db").string()});
  SignInThrottle throttle{*database, clock};
};

TEST_F(SignIns, RefusesALoginAfterItsLastFailureUntilTheWindowHasPassed) {
  for (int i = 0; i < SignInThrottle::failures_max_login; ++i) EXPECT_TRUE(throttle.begin("ann", "10.0.0.1"));
  const auto refused = throttle.begin("Ann", "10.0.0.2");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_NE(refused.error().hint.find("900 seconds"), std::string::npos) << refused.error().hint;
  EXPECT_TRUE(throttle.begin("bob", "10.0.0.1"));
  clock.advance(minutes(16));
  EXPECT_TRUE(throttle.begin("ann", "10.0.0.1"));
}

TEST_F(SignIns, ASuccessForgetsTheFailuresOfTheLogin) {
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < SignInThrottle::failures_max_login; ++i)
      EXPECT_TRUE(throttle.begin("ann", "10.0.0.1"));
    throttle.succeeded("ann", "10.0.0.1");
  }
}

TEST_F(SignIns, AnAddressThatTriesManyLoginsIsRefused) {
  for (int i = 0; i < SignInThrottle::failures_max_address; ++i)
    EXPECT_TRUE(throttle.begin("login" + std::to_string(i), "10.0.0.1"));
  EXPECT_FALSE(throttle.begin("another", "10.0.0.1"));
  EXPECT_TRUE(throttle.begin("another", "10.0.0.2"));
}

TEST_F(SignIns, AddressesWithManyPeopleWhoSignInWellAreNeverRefused) {
  for (int i = 0; i < 200; ++i) {
    const auto login = "login" + std::to_string(i);
    ASSERT_TRUE(throttle.begin(login, "10.0.0.1"));
    throttle.succeeded(login, "10.0.0.1");
  }
}

TEST_F(SignIns, AreCountedTogetherByAllServersOnOneDatabase) {
  SignInThrottle other(*database, clock);
  for (int i = 0; i < SignInThrottle::failures_max_login; ++i)
    EXPECT_TRUE((i % 2 == 0 ? throttle : other).begin("ann", "10.0.0." + std::to_string(i)));
  EXPECT_FALSE(throttle.begin("ann", "10.0.0.99"));
  EXPECT_FALSE(other.begin("ann", "10.0.0.99"));
}

TEST_F(SignIns, ARefusedAttemptDoesNotMakeTheWaitLonger) {
  for (int i = 0; i < 3 * SignInThrottle::failures_max_login; ++i) {
    (void)throttle.begin("ann", "10.0.0.1");
    clock.advance(std::chrono::seconds(20));
  }
  clock.advance(minutes(8));
  EXPECT_TRUE(throttle.begin("ann", "10.0.0.1"));
}

}  // namespace
}  // namespace preceptor::server
