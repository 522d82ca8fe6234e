#include "store/fiber.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace preceptor::store {
namespace {

// Frames that the compiler cannot fold into one.
std::size_t depth_reached(std::size_t depth) {
  volatile char frame[1024];
  frame[depth % sizeof frame] = static_cast<char>(depth);
  if (depth == 0) return static_cast<std::size_t>(frame[0]);
  return 1 + depth_reached(depth - 1);
}

}  // namespace

TEST(Fiber, StopsInItsMiddleAndGoesOn) {
  std::vector<std::string> steps;
  Fiber fiber;
  fiber.begin([&] {
    steps.emplace_back("first");
    fiber.stop();
    steps.emplace_back("second");
  });
  EXPECT_FALSE(fiber.is_done());
  fiber.resume();
  steps.emplace_back("between");
  EXPECT_FALSE(fiber.is_done());
  fiber.resume();
  EXPECT_TRUE(fiber.is_done());
  EXPECT_EQ(steps, (std::vector<std::string>{"first", "between", "second"}));
}

TEST(Fiber, SeveralTakeTurnsWithTheirOwnLocals) {
  std::vector<Fiber> fibers(3);
  std::vector<int> sums(3);
  for (std::size_t i = 0; i < fibers.size(); ++i) {
    fibers[i].begin([&, i] {
      int sum = 0;
      for (int turn = 1; turn <= 4; ++turn) {
        sum += turn * static_cast<int>(i + 1);
        fibers[i].stop();
      }
      sums[i] = sum;
    });
  }
  for (int turn = 0; turn < 5; ++turn) {
    for (Fiber& fiber : fibers) fiber.resume();
  }
  EXPECT_EQ(sums, (std::vector<int>{10, 20, 30}));
}

TEST(Fiber, ExceptionsAreThrownAndCaughtAcrossStops) {
  Fiber fiber;
  std::string caught;
  fiber.begin([&] {
    try {
      fiber.stop();
      throw std::runtime_error("within");
    } catch (const std::runtime_error& problem) {
      fiber.stop();
      caught = problem.what();
    }
  });
  fiber.resume();
  try {
    throw std::logic_error("outside");
  } catch (const std::logic_error&) {
    fiber.resume();
  }
  fiber.resume();
  EXPECT_EQ(caught, "within");
}

TEST(Fiber, ItsStackServesAgainAndIsDeepEnough) {
  Fiber fiber;
  for (int round = 0; round < 3; ++round) {
    std::size_t reached = 0;
    fiber.begin([&] { reached = depth_reached(200); });
    fiber.resume();
    EXPECT_TRUE(fiber.is_done());
    EXPECT_EQ(reached, 200U);
  }
}

}  // namespace preceptor::store
