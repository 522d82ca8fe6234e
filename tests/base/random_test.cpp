#include "base/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

namespace preceptor {
namespace {

TEST(Random, GivesTheNumbersOfTheReferenceImplementation) {
  // xoshiro256++ from the state 1, 2, 3, 4, as published with the algorithm.
  Random random = Random::from_state({1, 2, 3, 4});
  EXPECT_EQ(random.next(), 41943041U);
  EXPECT_EQ(random.next(), 58720359U);
  EXPECT_EQ(random.next(), 3588806011781223U);
  EXPECT_EQ(random.next(), 3591011842654386U);
}

TEST(Random, SeedsBySplitmix64) {
  // The first outputs of splitmix64 for seed 0.
  const auto state = Random(0).state();
  EXPECT_EQ(state[0], 0xe220a8397b1dcdafULL);
  EXPECT_EQ(state[1], 0x6e789e6aa1b965f4ULL);
}

TEST(Random, ContinuesFromItsState) {
  Random random(5);
  random.next();
  Random copy = Random::from_state(random.state());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(copy.next(), random.next());
}

TEST(Random, ForksDifferByPurposeAndDoNotDependOnEachOther) {
  const Random random(5);
  Random first = random.fork("shuffle");
  first.next();
  EXPECT_NE(random.fork("shuffle").next(), random.fork("noise").next());
  EXPECT_EQ(random.fork("noise").next(), Random(5).fork("noise").next());
  EXPECT_NE(random.fork("noise").next(), Random(6).fork("noise").next());
}

TEST(Random, BelowIsUniformAndInRange) {
  Random random(1);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts.at(random.below(7));
  for (const int count : counts) EXPECT_NEAR(count, 10000, 400);  // four standard deviations
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, NormalHasMeanZeroVarianceOneAndThinTails) {
  Random random(2);
  constexpr int count = 200000;
  double sum = 0;
  double square_sum = 0;
  int beyond_two = 0;
  for (int i = 0; i < count; ++i) {
    const double x = random.normal();
    sum += x;
    square_sum += x * x;
    beyond_two += std::abs(x) > 2 ? 1 : 0;
  }
  EXPECT_NEAR(sum / count, 0, 0.01);
  EXPECT_NEAR(square_sum / count, 1, 0.015);
  EXPECT_NEAR(beyond_two / double{count}, 0.0455, 0.002);
}

TEST(Random, UniformStaysBelowOne) {
  Random random(3);
  for (int i = 0; i < 10000; ++i) {
    const double x = random.uniform();
    EXPECT_GE(x, 0);
    EXPECT_LT(x, 1);
  }
}

TEST(Random, ShuffleKeepsEveryItemAndIsRepeatable) {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  auto first = items;
  auto second = items;
  Random(9).shuffle(first);
  Random(9).shuffle(second);
  EXPECT_EQ(first, second);
  EXPECT_NE(first, items);
  EXPECT_EQ(std::set<int>(first.begin(), first.end()).size(), 100U);
}

TEST(SecureRandom, DoesNotRepeat) { EXPECT_NE(secure_random(32), secure_random(32)); }

}  // namespace
}  // namespace preceptor
