#include "engine/optimiser/schedule.hpp"

#include <gtest/gtest.h>

namespace preceptor::engine {
namespace {

TEST(Schedule, WarmsUpInAStraightLineAndNeverTakesAStepOfZero) {
  const Schedule schedule{.shape = Schedule::constant, .learning_rate_max = 1.0F, .warmup_steps = 4};
  EXPECT_FLOAT_EQ(schedule.at(0), 0.25F);
  EXPECT_FLOAT_EQ(schedule.at(3), 1.0F);
  EXPECT_FLOAT_EQ(schedule.at(1000), 1.0F);
}

TEST(Schedule, LinearEndsAtTheMinimum) {
  const Schedule schedule{.shape = Schedule::linear,
                          .learning_rate_max = 1.0F,
                          .warmup_steps = 2,
                          .total_steps = 12,
                          .learning_rate_min = 0.2F};
  EXPECT_FLOAT_EQ(schedule.at(2), 1.0F);
  EXPECT_FLOAT_EQ(schedule.at(7), 0.6F);
  EXPECT_FLOAT_EQ(schedule.at(12), 0.2F);
  EXPECT_FLOAT_EQ(schedule.at(50), 0.2F);
}

TEST(Schedule, CosineIsHalfwayInTheMiddle) {
  const Schedule schedule{.shape = Schedule::cosine, .learning_rate_max = 1.0F, .total_steps = 10};
  EXPECT_FLOAT_EQ(schedule.at(0), 1.0F);
  EXPECT_NEAR(schedule.at(5), 0.5F, 1e-6);
  EXPECT_GT(schedule.at(2), 0.8F);
  EXPECT_NEAR(schedule.at(10), 0.0F, 1e-6);
}

}  // namespace
}  // namespace preceptor::engine
