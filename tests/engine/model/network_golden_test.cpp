#include <gtest/gtest.h>

#include <numeric>

#include "engine/optimiser/adamw.hpp"
#include "tests/model/golden_case.hpp"

namespace preceptor::engine::test {
namespace {

struct Tolerance {
  double results, gradients, losses;
};

// Norms after attention and feed-forward double how often bf16 rounds on the way.
Tolerance tolerance_of(Precision precision, NormPlacement placement) {
  if (precision == Precision::fp32) return {2e-6, 2e-5, 1e-4};
  return placement == NormPlacement::before ? Tolerance{0.03, 0.08, 0.04} : Tolerance{0.06, 0.16, 0.08};
}

float mean(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0F) / static_cast<float>(values.size());
}

// Runs forward and backward of the golden loss; returns it.
float step(Network& network, const GoldenCase& golden) {
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
  const std::vector<float> d_logprobs(logprobs.size(), -1.0F / static_cast<float>(logprobs.size()));
  network.backward_logprobs(d_logprobs);
  return -mean(logprobs);
}

class NetworkGolden : public ::testing::TestWithParam<std::tuple<const char*, Precision>> {
protected:
  NetworkGolden()
      : golden(std::get<0>(GetParam())),
        parameters(golden.config),
        network(parameters, {.precision = std::get<1>(GetParam()), .threads = 2}),
        tolerance(tolerance_of(network.precision(), golden.config.norm_placement)) {
    fill_parameters(parameters);
  }

  GoldenCase golden;
  Parameters parameters;
  Network network;
  Tolerance tolerance;
};

TEST_P(NetworkGolden, ResultsMatchPyTorch) {
  if (golden.config.label_count > 0) {
    EXPECT_LT(relative_error(network.scores(golden.batch), golden.block("results")), tolerance.results);
    return;
  }
  std::vector<std::int32_t> rows(golden.batch.tokens.size());
  std::iota(rows.begin(), rows.end(), 0);
  const auto shape = golden.record.value("case", nlohmann::json::object());
  if (shape.contains("logit_rows")) rows = shape.at("logit_rows").get<std::vector<std::int32_t>>();
  EXPECT_LT(relative_error(network.logits(golden.batch, rows), golden.block("results")), tolerance.results);
}

TEST_P(NetworkGolden, GradientsOfEveryParameterMatchPyTorch) {
  EXPECT_NEAR(step(network, golden), golden.record.at("loss").get<double>(), tolerance.losses);
  for (const ParameterInfo& info : parameters.list()) {
    const auto gradient =
        in_layout(Layout::stored, info, network.gradients().subspan(info.offset, info.count));
    EXPECT_LT(relative_error(gradient, golden.block(info.name)), tolerance.gradients) << info.name;
  }
}

TEST_P(NetworkGolden, TenStepsOfAdamWMatchPyTorch) {
  AdamW optimiser(parameters, {.weight_decay = 0.1F, .gradient_norm_max = 1.0F});
  const auto losses = golden.record.at("losses").get<std::vector<double>>();
  const auto norms = golden.record.at("norms").get<std::vector<double>>();
  ASSERT_EQ(losses.size(), 10U);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    EXPECT_NEAR(step(network, golden), losses[i], tolerance.losses * (1 + std::abs(losses[i])))
        << "step " << i;
    const float norm = optimiser.step(parameters, network.gradients(), 0.01F);
    EXPECT_NEAR(norm, norms[i], 20 * tolerance.losses * (1 + norms[i])) << "step " << i;
    network.weights_changed();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, NetworkGolden,
    ::testing::Combine(::testing::Values("tied_grouped", "untied", "long_single_key", "classifier",
                                         "families/llama_linear_biased", "families/llama_3",
                                         "families/llama_dynamic", "families/mistral_window",
                                         "families/mistral_full", "families/mistral_classifier",
                                         "families/qwen2_tied", "families/qwen2_window",
                                         "families/qwen2_classifier", "families/qwen3_wide_heads",
                                         "families/qwen3_tied_biased", "families/qwen3_classifier",
                                         "families/gemma3_mixed", "families/gemma3_pattern",
                                         "families/gemma3_classifier", "families/gpt2_tied",
                                         "families/gpt2_untied", "families/gpt2_classifier"),
                       ::testing::Values(Precision::fp32, Precision::bf16)),
    [](const auto& info) {
      return std::filesystem::path(std::get<0>(info.param)).filename().string() +
             (std::get<1>(info.param) == Precision::fp32 ? "_fp32" : "_bf16");
    });

}  // namespace
}  // namespace preceptor::engine::test
