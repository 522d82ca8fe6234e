#include <gtest/gtest.h>

#include <numeric>

#include "base/file.hpp"
#include "engine/formats/lora_files.hpp"
#include "engine/model/trainee.hpp"
#include "engine/optimiser/adamw.hpp"
#include "tests/model/golden_case.hpp"

namespace preceptor::engine::test {
namespace {

LoraOptions adapter_of(const nlohmann::json& record) {
  const auto& adapter = record.at("adapter");
  return {.rank = adapter.at("rank"),
          .alpha = adapter.at("alpha"),
          .rank_stabilised = adapter.at("rank_stabilised"),
          .targets = adapter.at("targets")};
}

// A case of tests/engine/model/golden/lora, made by lora_training_goldens.py.
struct AdapterCase {
  AdapterCase(const std::string& name, FrozenType type)
      : golden("lora/" + name),
        whole(golden.config),
        base((fill_parameters(whole), whole), type),
        adapter(LoraParameters::make(golden.config, adapter_of(golden.record)).value()) {
    for (const ParameterInfo& info : adapter.list()) {
      Generator generator(info.name);
      for (float& value : adapter.tensor(info.name)) value = generator.value();
    }
  }

  // Runs forward and backward of the golden loss; returns it.
  float step(Network& network) const {
    network.zero_gradients();
    if (golden.config.label_count > 0) {
      const auto scores = network.forward_scores(golden.batch);
      Generator generator("d_scores");
      std::vector<float> d_scores(scores.size());
      for (float& value : d_scores) value = generator.value();
      network.backward_scores(d_scores);
      return std::inner_product(scores.begin(), scores.end(), d_scores.begin(), 0.0F);
    }
    const auto logprobs = network.forward_logprobs(golden.batch, golden.targets);
    const auto count = static_cast<float>(logprobs.size());
    network.backward_logprobs(std::vector<float>(logprobs.size(), -1.0F / count));
    return -std::accumulate(logprobs.begin(), logprobs.end(), 0.0F) / count;
  }

  std::vector<float> results(Network& network) const {
    if (golden.config.label_count > 0) return network.scores(golden.batch);
    std::vector<std::int32_t> rows(golden.batch.tokens.size());
    std::iota(rows.begin(), rows.end(), 0);
    return network.logits(golden.batch, rows);
  }

  GoldenCase golden;
  Parameters whole;
  FrozenWeights base;
  LoraParameters adapter;
};

struct Tolerance {
  double results, gradients, losses;
};

// In bf16 a gradient of A has passed one more rounded product than that of a whole matrix.
Tolerance tolerance_of(Precision precision, NormPlacement placement) {
  if (precision == Precision::fp32) return {2e-6, 2e-5, 1e-4};
  return placement == NormPlacement::before ? Tolerance{0.03, 0.1, 0.04} : Tolerance{0.06, 0.22, 0.08};
}

class LoraGolden : public ::testing::TestWithParam<std::tuple<const char*, Precision>> {
protected:
  LoraGolden()
      : wanted(std::get<1>(GetParam())),
        tuned(std::get<0>(GetParam()), wanted == Precision::fp32 ? FrozenType::fp32 : FrozenType::bf16),
        network(tuned.base, tuned.adapter, {.precision = wanted, .threads = 2}),
        tolerance(tolerance_of(wanted, tuned.golden.config.norm_placement)) {}

  Precision wanted;
  AdapterCase tuned;
  Network network;
  Tolerance tolerance;
};

TEST_P(LoraGolden, ResultsMatchPeft) {
  EXPECT_LT(relative_error(tuned.results(network), tuned.golden.block("results")), tolerance.results);
}

TEST_P(LoraGolden, GradientsOfEveryFactorMatchPeft) {
  EXPECT_NEAR(tuned.step(network), tuned.golden.record.at("loss").get<double>(), tolerance.losses);
  for (const ParameterInfo& info : tuned.adapter.list()) {
    EXPECT_LT(
        relative_error(network.gradients().subspan(info.offset, info.count), tuned.golden.block(info.name)),
        tolerance.gradients)
        << info.name;
  }
}

TEST_P(LoraGolden, TenStepsOfAdamWMatchPeft) {
  AdamW optimiser(tuned.adapter, {.weight_decay = 0.1F, .gradient_norm_max = 1.0F});
  const auto losses = tuned.golden.record.at("losses").get<std::vector<double>>();
  const auto norms = tuned.golden.record.at("norms").get<std::vector<double>>();
  ASSERT_EQ(losses.size(), 10U);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    EXPECT_NEAR(tuned.step(network), losses[i], tolerance.losses * (1 + std::abs(losses[i]))) << "step " << i;
    const float norm = optimiser.step(tuned.adapter, network.gradients(), 0.01F);
    EXPECT_NEAR(norm, norms[i], 20 * tolerance.losses * (1 + norms[i])) << "step " << i;
    network.weights_changed();
  }
}

TEST_P(LoraGolden, MergedWeightsComputeTheSame) {
  const auto adapted = tuned.results(network);
  LoraAdapter factors = tuned.adapter.adapter();
  ASSERT_TRUE(check(factors, tuned.golden.config));
  merge(tuned.whole, factors);
  Network merged(tuned.whole, {.precision = wanted, .threads = 2});
  // Both sides round, the merged weights once more.
  EXPECT_LT(relative_error(adapted, tuned.results(merged)),
            wanted == Precision::fp32 ? 2e-5 : 2 * tolerance.results);
}

INSTANTIATE_TEST_SUITE_P(Cases, LoraGolden,
                         ::testing::Combine(::testing::Values("every_matrix", "rank_stabilised",
                                                              "norms_after", "stored_transposed",
                                                              "score_head"),
                                            ::testing::Values(Precision::fp32, Precision::bf16)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param)) +
                                  (std::get<1>(info.param) == Precision::fp32 ? "_fp32" : "_bf16");
                         });

TEST(Lora, AFreshAdapterLeavesTheModelAsItIs) {
  AdapterCase tuned("every_matrix", FrozenType::fp32);
  Random random(3);
  tuned.adapter.initialise(random);
  Network adapted(tuned.base, tuned.adapter, {.precision = Precision::fp32, .threads = 2});
  Network plain(tuned.whole, {.precision = Precision::fp32, .threads = 2});
  EXPECT_LT(relative_error(tuned.results(adapted), tuned.results(plain)), 1e-6);
}

TEST(Lora, ABaseInEightBitsStaysNearTheBase) {
  AdapterCase exact("every_matrix", FrozenType::fp32);
  AdapterCase rounded("every_matrix", FrozenType::int8);
  Network exact_network(exact.base, exact.adapter, {.precision = Precision::fp32, .threads = 2});
  Network rounded_network(rounded.base, rounded.adapter, {.precision = Precision::fp32, .threads = 2});
  const double error = relative_error(rounded.results(rounded_network), exact.results(exact_network));
  EXPECT_GT(error, 1e-6);
  EXPECT_LT(error, 0.03);
  exact.step(exact_network);
  rounded.step(rounded_network);
  EXPECT_LT(relative_error(rounded_network.gradients(), exact_network.gradients()), 0.05);
}

TEST(Lora, ComputingLayersAgainGivesTheSameGradients) {
  for (const char* name : {"every_matrix", "norms_after", "stored_transposed", "score_head"}) {
    AdapterCase tuned(name, FrozenType::fp32);
    Network kept(tuned.base, tuned.adapter, {.precision = Precision::fp32, .threads = 2});
    Network again(tuned.base, tuned.adapter,
                  {.precision = Precision::fp32, .threads = 2, .recompute = Recompute::layers});
    EXPECT_EQ(tuned.step(kept), tuned.step(again));
    EXPECT_LT(relative_error(again.gradients(), kept.gradients()), 1e-5) << name;
  }
}

TEST(Lora, RefusesTargetsThatNoLayerHas) {
  const GoldenCase golden("lora/every_matrix");
  const auto refused = LoraParameters::make(golden.config, {.targets = {"q_proj", "c_attn"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_NE(refused.error().message.find("c_attn"), std::string::npos);
  EXPECT_NE(refused.error().hint.find("gate_proj"), std::string::npos);
  EXPECT_FALSE(LoraParameters::make(golden.config, {.rank = 0}));
  EXPECT_FALSE(LoraParameters::make(golden.config, {.rank = 4097}));
}

TEST(Lora, FactorsGoThroughAFileAdapterAndBack) {
  AdapterCase tuned("rank_stabilised", FrozenType::bf16);
  auto fresh = LoraParameters::make(tuned.golden.config, adapter_of(tuned.golden.record)).value();
  ASSERT_TRUE(fresh.assign(tuned.adapter.adapter()));
  EXPECT_TRUE(std::ranges::equal(fresh.values(), tuned.adapter.values()));
  auto other = LoraParameters::make(tuned.golden.config, {.rank = 2}).value();
  EXPECT_EQ(other.assign(tuned.adapter.adapter()).error().kind, ErrorKind::conflict);
}

TEST(Lora, AScoreHeadGoesThroughAFileAdapterAndBack) {
  AdapterCase tuned("score_head", FrozenType::fp32);
  const TemporaryFolder folder;
  save_adapter(folder.path() / "adapter", tuned.adapter.adapter(), tuned.golden.config);
  const auto read = load_adapter(folder.path() / "adapter", tuned.golden.config);
  ASSERT_TRUE(read) << read.error().text();
  auto fresh = LoraParameters::make(tuned.golden.config, adapter_of(tuned.golden.record)).value();
  ASSERT_TRUE(fresh.assign(*read));
  EXPECT_TRUE(std::ranges::equal(fresh.values(), tuned.adapter.values()));
  EXPECT_FALSE(load_adapter(folder.path() / "adapter", GoldenCase("lora/norms_after").config));
  // As many values, but lying the other way.
  ModelConfig turned = tuned.golden.config;
  std::swap(turned.hidden_size, turned.label_count);
  const auto refused = load_adapter(folder.path() / "adapter", turned);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("score"), std::string::npos) << refused.error().text();
}

TEST(FrozenWeights, HoldWhatTheyAreGivenInTheirType) {
  const GoldenCase golden("lora/norms_after");
  Parameters parameters(golden.config);
  fill_parameters(parameters);
  const FrozenWeights exact(parameters, FrozenType::fp32);
  const FrozenWeights eight(parameters, FrozenType::int8);
  ASSERT_EQ(exact.list().size(), parameters.list().size());
  EXPECT_NE(exact.fingerprint(), eight.fingerprint());
  const ModelSlices slices = model_slices(golden.config);
  const HeldMatrix held = exact.matrix(exact.slices().layers[1].down.weight);
  EXPECT_TRUE(
      std::ranges::equal(held.fp32, slices.layers[1].down.weight.of(std::as_const(parameters).values())));
  const HeldMatrix rounded = eight.matrix(eight.slices().layers[1].down.weight);
  const auto columns = static_cast<std::size_t>(golden.config.intermediate_size);
  std::vector<float> unpacked(rounded.count());
  copy_rows(unpacked.data(), columns, rounded, columns, 0, unpacked.size() / columns);
  EXPECT_LT(relative_error(unpacked, held.fp32), 1.0 / 250);
}

}  // namespace
}  // namespace preceptor::engine::test
