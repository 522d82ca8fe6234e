#include "server/sign_in_throttle.hpp"

#include <gtest/gtest.h>

namespace preceptor::server {
namespace {

using std::chrono::minutes;

TEST(SignInThrottle, RefusesALoginAfterItsLastFailureUntilTheWindowHasPassed) {
  ManualClock clock(Timestamp{1'000'000'000});
  SignInThrottle throttle(clock);
  for (int i = 0; i < SignInThrottle::failures_max_login; ++i) EXPECT_TRUE(throttle.begin("ann", "10.0.0.1"));
  const auto refused = throttle.begin("Ann", "10.0.0.2");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_NE(refused.error().hint.find("900 seconds"), std::string::npos) << refused.error().hint;
  EXPECT_TRUE(throttle.begin("bob", "10.0.0.1"));
  clock.advance(minutes(16));
  EXPECT_TRUE(throttle.begin("ann", "10.0.0.1"));
}

TEST(SignInThrottle, ASuccessForgetsTheFailuresOfTheLogin) {
  ManualClock clock(Timestamp{1'000'000'000});
  SignInThrottle throttle(clock);
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < SignInThrottle::failures_max_login; ++i)
      EXPECT_TRUE(throttle.begin("ann", "10.0.0.1"));
    throttle.succeeded("ann", "10.0.0.1");
  }
}

TEST(SignInThrottle, AnAddressThatTriesManyLoginsIsRefused) {
  ManualClock clock(Timestamp{1'000'000'000});
  SignInThrottle throttle(clock);
  for (int i = 0; i < SignInThrottle::failures_max_address; ++i)
    EXPECT_TRUE(throttle.begin("login" + std::to_string(i), "10.0.0.1"));
  EXPECT_FALSE(throttle.begin("another", "10.0.0.1"));
  EXPECT_TRUE(throttle.begin("another", "10.0.0.2"));
}

TEST(SignInThrottle, AddressesWithManyPeopleWhoSignInWellAreNeverRefused) {
  ManualClock clock(Timestamp{1'000'000'000});
  SignInThrottle throttle(clock);
  for (int i = 0; i < 1000; ++i) {
    const auto login = "login" + std::to_string(i);
    ASSERT_TRUE(throttle.begin(login, "10.0.0.1"));
    throttle.succeeded(login, "10.0.0.1");
  }
}

}  // namespace
}  // namespace preceptor::server
