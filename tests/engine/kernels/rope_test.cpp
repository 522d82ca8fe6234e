#include "engine/kernels/rope.hpp"

#include <gtest/gtest.h>

#include <numbers>

#include "engine/kernels/rope_reference.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

const std::vector<std::int32_t> positions = {0, 1, 2, 0, 7};
constexpr std::size_t heads = 3, head_dim = 6, stride = 23;

TEST(Rope, ReferenceBackwardMatchesFiniteDifferences) {
  auto x = random_values(positions.size() * stride, 1);
  auto d_x = random_values(positions.size() * stride, 2);
  const auto d_out = d_x;
  const auto loss = [&] {
    auto out = x;
    rope_reference<double>(out, positions, heads, stride, head_dim, 10000, 1);
    return dot(out, d_out);
  };
  rope_reference<double>(d_x, positions, heads, stride, head_dim, 10000, -1);
  EXPECT_LT(largest_difference(d_x, numeric_gradient(x, loss)), 1e-8);
}

TEST(Rope, MatchesReferenceAndLeavesOtherColumnsAlone) {
  const RopeTable table = rope_table(8, rope_frequencies(head_dim, 10000, {}));
  auto x = as_floats(random_values(positions.size() * stride, 1));
  auto expected = x;
  rope_forward<float>(x, positions, heads, stride, table);
  rope_reference<float>(expected, positions, heads, stride, head_dim, 10000, 1);
  EXPECT_LT(largest_difference(x, expected), 1e-6);
  for (std::size_t row = 0; row < positions.size(); ++row) {
    for (std::size_t i = heads * head_dim; i < stride; ++i)
      EXPECT_EQ(x[row * stride + i], expected[row * stride + i]);
  }
}

TEST(Rope, BackwardUndoesForward) {
  const RopeTable table = rope_table(8, rope_frequencies(head_dim, 500000, {}));
  const auto before = as_floats(random_values(positions.size() * stride, 3));
  auto x = before;
  rope_forward<float>(x, positions, heads, stride, table);
  EXPECT_GT(largest_difference(x, before), 0.1);
  rope_backward<float>(x, positions, heads, stride, table);
  EXPECT_LT(largest_difference(x, before), 1e-6);
}

TEST(Rope, ScalingChangesFrequenciesAsItsKindSays) {
  const auto plain = rope_frequencies(8, 10000, {});
  const auto linear = rope_frequencies(8, 10000, {.kind = RopeScaling::linear, .factor = 4});
  const auto dynamic = rope_frequencies(8, 10000, {.kind = RopeScaling::dynamic, .factor = 4});
  const auto blended = rope_frequencies(8, 10000,
                                        {.kind = RopeScaling::llama3,
                                         .factor = 8,
                                         .low_frequency_factor = 1,
                                         .high_frequency_factor = 4,
                                         .original_context_length = 64});
  EXPECT_EQ(dynamic, plain);
  for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_DOUBLE_EQ(linear[i], plain[i] / 4);
  // 64 positions are 10.2, 1.02, 0.10 and 0.01 turns: kept, blended, divided, divided.
  const double turns = 64 * plain[1] / (2 * std::numbers::pi);
  const double kept = (turns - 1) / (4 - 1);
  EXPECT_DOUBLE_EQ(blended[0], plain[0]);
  EXPECT_DOUBLE_EQ(blended[1], (1 - kept) * plain[1] / 8 + kept * plain[1]);
  EXPECT_DOUBLE_EQ(blended[2], plain[2] / 8);
  EXPECT_DOUBLE_EQ(blended[3], plain[3] / 8);
}

}  // namespace
}  // namespace preceptor::engine::test
