#include "engine/kernels/unfilled_array.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace preceptor::engine::tests {
namespace {

std::uintptr_t place(const UnfilledArray<float>& array) {
  return reinterpret_cast<std::uintptr_t>(array.data());
}

TEST(UnfilledArray, StartsOnACacheLine) {
  for (const std::size_t size : {1U, 5U, 1000U, 600'000U}) {
    for (const PageUse use : {PageUse::own, PageUse::shared})
      EXPECT_EQ(place(UnfilledArray<float>(size, use)) % 64, 0U) << size;
  }
}

TEST(UnfilledArray, StandsBehindTheOneBeforeWhereTheyShareAPage) {
  const UnfilledArray<float> first(1000, PageUse::shared), second(1001, PageUse::shared),
      third(1, PageUse::shared);
  EXPECT_EQ(place(second) - place(first), 4032U);  // whole cache lines
  EXPECT_EQ(place(third) - place(second), 4032U);
}

TEST(UnfilledArray, KeepsSharedPagesWhileAnArrayStandsInThem) {
  std::optional<UnfilledArray<float>> first(std::in_place, 1000, PageUse::shared);
  UnfilledArray<float> second(1000, PageUse::shared);
  for (std::size_t i = 0; i < 1000; ++i) second.data()[i] = static_cast<float>(i);
  first.reset();
  const UnfilledArray<float> moved = std::move(second);
  for (std::size_t i = 0; i < 1000; ++i) ASSERT_EQ(moved.data()[i], static_cast<float>(i));
}

TEST(UnfilledArray, OfNothingHasNoMemory) { EXPECT_EQ(UnfilledArray<float>(0).data(), nullptr); }

}  // namespace
}  // namespace preceptor::engine::tests
