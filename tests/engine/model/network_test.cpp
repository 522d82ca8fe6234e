#include "engine/model/network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>

#include "engine/optimiser/adamw.hpp"
#include "tests/model/golden_case.hpp"

namespace preceptor::engine::test {
namespace {

constexpr double fp32_tolerance = 2e-5;

// Several sequences, one of them longer than a block of attention, and a network over them.
struct Fixture {
  GoldenCase golden;
  Parameters parameters;
  Network network;

  explicit Fixture(const char* name = "tied_grouped", NetworkOptions options = {.precision = Precision::fp32})
      : golden(name), parameters(golden.config), network(parameters, options) {
    fill_parameters(parameters);
  }

  std::vector<float> derivatives() const {
    Generator generator("derivatives");
    std::vector<float> values(golden.targets.size());
    for (float& value : values) value = generator.value();
    return values;
  }

  std::vector<float> gradients_of(const PackedBatch& batch, std::span<const Target> targets,
                                  std::span<const float> d_logprobs) {
    network.zero_gradients();
    network.forward_logprobs(batch, targets);
    network.backward_logprobs(d_logprobs);
    return {network.gradients().begin(), network.gradients().end()};
  }
};

// One sequence of a batch with its targets and their derivatives.
struct Part {
  PackedBatch batch;
  std::vector<Target> targets;
  std::vector<float> d_logprobs;
};

std::vector<Part> split(const GoldenCase& golden, const std::vector<float>& d_logprobs) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i + 1 < golden.batch.starts.size(); ++i) {
    const std::int32_t begin = golden.batch.starts[i], end = golden.batch.starts[i + 1];
    Part part;
    part.batch.tokens.assign(golden.batch.tokens.begin() + begin, golden.batch.tokens.begin() + end);
    part.batch.starts = {0, end - begin};
    for (std::size_t t = 0; t < golden.targets.size(); ++t) {
      if (golden.targets[t].row < begin || golden.targets[t].row >= end) continue;
      part.targets.push_back({golden.targets[t].row - begin, golden.targets[t].token});
      part.d_logprobs.push_back(d_logprobs[t]);
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

TEST(Network, AccumulatingAtOnceEqualsForwardThenBackward) {
  Fixture fixture;
  const auto d_logprobs = fixture.derivatives();
  const auto expected = fixture.gradients_of(fixture.golden.batch, fixture.golden.targets, d_logprobs);
  const auto logprobs = fixture.network.logprobs(fixture.golden.batch, fixture.golden.targets);
  fixture.network.zero_gradients();
  EXPECT_EQ(fixture.network.accumulate_logprobs(fixture.golden.batch, fixture.golden.targets, d_logprobs),
            logprobs);
  EXPECT_TRUE(std::ranges::equal(fixture.network.gradients(), expected));
}

// A prompt of `prompt` tokens and two answers: once as a tree, once as two sequences with a copy of the
// prompt each. The targets are the answers' tokens.
struct PromptWithAnswers {
  Part tree, copies;

  PromptWithAnswers(std::int32_t prompt, std::int32_t first, std::int32_t second, std::int32_t vocabulary) {
    const auto token = [&](std::int32_t at) { return (at * 37 + 11) % vocabulary; };
    tree.batch.starts = {0};
    copies.batch.starts = {0};
    const auto append = [](PackedBatch& batch, const std::vector<std::int32_t>& tokens) {
      batch.tokens.insert(batch.tokens.end(), tokens.begin(), tokens.end());
    };
    const auto end = [](PackedBatch& batch) {
      batch.starts.push_back(static_cast<std::int32_t>(batch.tokens.size()));
    };
    std::vector<std::int32_t> root;
    for (std::int32_t i = 0; i < prompt; ++i) root.push_back(token(i));
    append(tree.batch, root);
    end(tree.batch);
    tree.batch.parents = {-1};
    for (const std::int32_t length : {first, second}) {
      const std::int32_t tree_row = tree.batch.starts.back();
      std::vector<std::int32_t> answer;
      for (std::int32_t i = 0; i < length; ++i) answer.push_back(token(1000 * length + i));
      append(copies.batch, root);
      const auto copy_row = static_cast<std::int32_t>(copies.batch.tokens.size());
      for (std::int32_t i = 0; i < length; ++i) {
        const std::int32_t next = answer[static_cast<std::size_t>(i)];
        tree.targets.push_back({i == 0 ? prompt - 1 : tree_row + i - 1, next});
        copies.targets.push_back({copy_row + i - 1, next});
        tree.d_logprobs.push_back(0.1F * static_cast<float>(length == first ? 1 + i : -1 - i));
      }
      append(tree.batch, answer);
      end(tree.batch);
      tree.batch.parents.push_back(0);
      append(copies.batch, answer);
      end(copies.batch);
    }
    copies.d_logprobs = tree.d_logprobs;
  }
};

TEST(Network, ASharedPromptEqualsACopyOfItBeforeEachAnswer) {
  Fixture fixture;
  for (const auto [prompt, first, second] :
       {std::array{1, 1, 2}, std::array{9, 5, 1}, std::array{40, 30, 17}}) {
    const PromptWithAnswers both(prompt, first, second, fixture.golden.config.vocabulary_size);
    const auto tree = fixture.network.logprobs(both.tree.batch, both.tree.targets);
    const auto copies = fixture.network.logprobs(both.copies.batch, both.copies.targets);
    EXPECT_LT(relative_error(tree, copies), fp32_tolerance) << prompt;
    const auto d_tree = fixture.gradients_of(both.tree.batch, both.tree.targets, both.tree.d_logprobs);
    const auto d_copies =
        fixture.gradients_of(both.copies.batch, both.copies.targets, both.copies.d_logprobs);
    EXPECT_LT(relative_error(d_tree, d_copies), fp32_tolerance) << prompt;
  }
}

TEST(Network, RefusesParentsThatAreNoRootsBefore) {
  Fixture fixture;
  const Target target{0, 0};
  for (const std::vector<std::int32_t>& parents :
       {std::vector<std::int32_t>{-1}, {0, -1, -1}, {-1, 0, 1}, {-1, 2, -1}, {1, -1, -1}}) {
    const PackedBatch batch{.tokens = {1, 2, 3}, .starts = {0, 1, 2, 3}, .parents = parents};
    EXPECT_THROW(fixture.network.logprobs(batch, {&target, 1}), Failure);
  }
}

TEST(Network, PackingEqualsOneByOneAndAccumulationEqualsOneBatch) {
  for (const char* name : {"tied_grouped", "long_single_key"}) {
    Fixture fixture(name);
    const auto d_logprobs = fixture.derivatives();
    const auto packed = fixture.network.logprobs(fixture.golden.batch, fixture.golden.targets);
    const auto packed_gradients =
        fixture.gradients_of(fixture.golden.batch, fixture.golden.targets, d_logprobs);
    fixture.network.zero_gradients();
    std::vector<float> alone;
    for (const Part& part : split(fixture.golden, d_logprobs)) {
      const auto logprobs = fixture.network.forward_logprobs(part.batch, part.targets);
      fixture.network.backward_logprobs(part.d_logprobs);
      alone.insert(alone.end(), logprobs.begin(), logprobs.end());
    }
    EXPECT_LT(relative_error(alone, packed), fp32_tolerance);
    EXPECT_LT(relative_error(fixture.network.gradients(), packed_gradients), fp32_tolerance);
  }
}

TEST(Network, OrderOfSequencesDoesNotMatter) {
  Fixture fixture;
  const auto d_logprobs = fixture.derivatives();
  const auto expected = fixture.gradients_of(fixture.golden.batch, fixture.golden.targets, d_logprobs);
  auto parts = split(fixture.golden, d_logprobs);
  std::ranges::reverse(parts);
  Part turned{.batch = {.tokens = {}, .starts = {0}}, .targets = {}, .d_logprobs = {}};
  for (const Part& part : parts) {
    const std::int32_t start = turned.batch.starts.back();
    for (const Target& target : part.targets) turned.targets.push_back({target.row + start, target.token});
    turned.batch.tokens.insert(turned.batch.tokens.end(), part.batch.tokens.begin(), part.batch.tokens.end());
    turned.batch.starts.push_back(start + part.batch.starts.back());
    turned.d_logprobs.insert(turned.d_logprobs.end(), part.d_logprobs.begin(), part.d_logprobs.end());
  }
  EXPECT_LT(relative_error(fixture.gradients_of(turned.batch, turned.targets, turned.d_logprobs), expected),
            fp32_tolerance);
}

TEST(Network, SameBitsTwiceEvenAfterOtherWork) {
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    Fixture fixture("tied_grouped", {.precision = precision, .threads = 2});
    const auto d_logprobs = fixture.derivatives();
    const auto first = fixture.gradients_of(fixture.golden.batch, fixture.golden.targets, d_logprobs);
    const auto parts = split(fixture.golden, d_logprobs);
    fixture.gradients_of(parts[2].batch, parts[2].targets, parts[2].d_logprobs);
    EXPECT_EQ(fixture.gradients_of(fixture.golden.batch, fixture.golden.targets, d_logprobs), first);
    Fixture other("tied_grouped", {.precision = precision, .threads = 2});
    EXPECT_EQ(other.gradients_of(other.golden.batch, other.golden.targets, d_logprobs), first);
  }
}

TEST(Network, ThreadsChangeNothingBeyondRounding) {
  Fixture one("long_single_key", {.precision = Precision::fp32, .threads = 1});
  Fixture two("long_single_key", {.precision = Precision::fp32, .threads = 2});
  const auto d_logprobs = one.derivatives();
  EXPECT_LT(relative_error(one.gradients_of(one.golden.batch, one.golden.targets, d_logprobs),
                           two.gradients_of(two.golden.batch, two.golden.targets, d_logprobs)),
            fp32_tolerance);
}

TEST(Network, InferenceBetweenForwardAndBackwardDisturbsNothing) {
  Fixture fixture;
  const auto d_logprobs = fixture.derivatives();
  const auto expected = fixture.gradients_of(fixture.golden.batch, fixture.golden.targets, d_logprobs);
  const auto parts = split(fixture.golden, d_logprobs);
  fixture.network.zero_gradients();
  const auto kept = fixture.network.forward_logprobs(fixture.golden.batch, fixture.golden.targets);
  fixture.network.logprobs(parts[2].batch, parts[2].targets);
  EXPECT_EQ(fixture.network.logprobs(fixture.golden.batch, fixture.golden.targets), kept);
  fixture.network.backward_logprobs(d_logprobs);
  EXPECT_TRUE(std::ranges::equal(fixture.network.gradients(), expected));
}

TEST(Network, TargetsMayShareARowAndLeaveRowsOut) {
  Fixture fixture;
  const std::vector<Target> twice = {{3, 5}, {3, 9}, {20, 5}}, first = {{3, 5}}, second = {{3, 9}, {20, 5}};
  const auto together = fixture.gradients_of(fixture.golden.batch, twice, std::vector<float>{1, -2, 0.5F});
  auto sum = fixture.gradients_of(fixture.golden.batch, first, std::vector<float>{1});
  const auto rest = fixture.gradients_of(fixture.golden.batch, second, std::vector<float>{-2, 0.5F});
  std::ranges::transform(sum, rest, sum.begin(), std::plus<>());
  EXPECT_LT(relative_error(together, sum), fp32_tolerance);
}

// A vocabulary so large that the targets' logits come in several chunks.
TEST(Network, ChunkedHeadEqualsWholeHead) {
  ModelConfig config = GoldenCase("tied_grouped").config;
  config.vocabulary_size = 100'000;
  Parameters parameters(config);
  fill_parameters(parameters);
  Network network(parameters, {.precision = Precision::fp32});
  PackedBatch batch{.tokens = std::vector<std::int32_t>(100), .starts = {0, 100}};
  std::vector<Target> targets;
  for (std::int32_t i = 0; i < 100; ++i) {
    batch.tokens[static_cast<std::size_t>(i)] = i * 997;
    targets.push_back({i, i * 991});
    targets.push_back({i, i * 983});
  }
  const auto many = network.forward_logprobs(batch, targets);
  network.backward_logprobs(std::vector<float>(targets.size(), 1.0F));
  const std::vector<float> together(network.gradients().begin(), network.gradients().end());
  network.zero_gradients();
  std::vector<float> few;
  for (std::size_t i = 0; i < targets.size(); i += 50) {
    const auto part = network.forward_logprobs(batch, std::span(targets).subspan(i, 50));
    network.backward_logprobs(std::vector<float>(part.size(), 1.0F));
    few.insert(few.end(), part.begin(), part.end());
  }
  EXPECT_LT(relative_error(many, few), fp32_tolerance);
  EXPECT_LT(relative_error(network.gradients(), together), fp32_tolerance);
}

TEST(Network, LearnsABatchByHeartInBf16) {
  Fixture fixture("long_single_key", {.precision = Precision::bf16});
  AdamW optimiser(fixture.parameters, {});
  const auto& targets = fixture.golden.targets;
  float loss = 0;
  for (int step = 0; step < 120; ++step) {
    const auto logprobs = fixture.network.forward_logprobs(fixture.golden.batch, targets);
    loss = 0;
    for (const float logprob : logprobs) loss -= logprob / static_cast<float>(logprobs.size());
    fixture.network.zero_gradients();
    fixture.network.backward_logprobs(
        std::vector<float>(targets.size(), -1.0F / static_cast<float>(targets.size())));
    optimiser.step(fixture.parameters, fixture.network.gradients(), 0.01F);
    fixture.network.weights_changed();
  }
  EXPECT_LT(loss, 0.1F);
}

TEST(Network, RefusesBatchesThatDoNotFitTheModel) {
  Fixture fixture;
  const auto refuses = [&](PackedBatch batch, std::vector<Target> targets) {
    try {
      fixture.network.forward_logprobs(batch, targets);
    } catch (const Failure& failure) {
      return failure.error.kind == ErrorKind::invalid;
    }
    return false;
  };
  EXPECT_FALSE(refuses({{1, 2, 3}, {0, 3}}, {{0, 2}}));
  EXPECT_TRUE(refuses({{1, 2, 37}, {0, 3}}, {}));
  EXPECT_TRUE(refuses({{1, -1, 3}, {0, 3}}, {}));
  EXPECT_TRUE(refuses({{1, 2, 3}, {0, 2}}, {}));
  EXPECT_TRUE(refuses({{1, 2, 3}, {0, 2, 1, 3}}, {}));
  EXPECT_TRUE(refuses({{1, 2, 3}, {0, 2, 2, 3}}, {}));
  EXPECT_TRUE(refuses({{}, {0, 0}}, {}));
  EXPECT_TRUE(refuses({{}, {}}, {}));
  EXPECT_TRUE(refuses({std::vector<std::int32_t>(129, 1), {0, 129}}, {}));
  EXPECT_TRUE(refuses({{1, 2, 3}, {0, 3}}, {{3, 0}}));
  EXPECT_TRUE(refuses({{1, 2, 3}, {0, 3}}, {{0, 37}}));
  EXPECT_THROW(fixture.network.backward_logprobs({}), Failure);
  EXPECT_THROW(fixture.network.scores(fixture.golden.batch), Failure);
}

TEST(Network, AClassifierHasNoLanguageHead) {
  Fixture fixture("classifier");
  EXPECT_THROW(fixture.network.logprobs(fixture.golden.batch, {}), Failure);
  EXPECT_EQ(fixture.network.scores(fixture.golden.batch).size(), 3U * 3U);
}

TEST(Network, ShowsWeightsThatAreNotFinite) {
  Fixture fixture;
  fixture.parameters.tensor("model.layers.0.mlp.up_proj.weight")[3] = std::numeric_limits<float>::quiet_NaN();
  fixture.network.weights_changed();
  const auto logprobs = fixture.network.logprobs(fixture.golden.batch, fixture.golden.targets);
  EXPECT_TRUE(std::ranges::any_of(logprobs, [](float value) { return std::isnan(value); }));
}

}  // namespace
}  // namespace preceptor::engine::test
