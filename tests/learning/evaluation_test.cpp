#include "learning/evaluation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "learning/pretraining.hpp"
#include "learning/reward_model.hpp"
#include "learning/sft.hpp"
#include "tests/tiny_model.hpp"

namespace preceptor::learning {
namespace {

const EvaluationOptions exact{.precision = engine::Precision::fp32, .threads = 1};

std::vector<CompletionExample> completions(std::size_t count) {
  std::vector<CompletionExample> all;
  for (const auto& pair : random_pairs(count)) all.push_back({pair.prompt, pair.chosen});
  return all;
}

TEST(Evaluation, PackedSequencesNeverSeeEachOther) {
  auto model = tiny_model();
  const auto examples = random_demonstrations(9);
  EvaluationOptions alone = exact;
  alone.microbatch_tokens = 1;
  const auto together = token_logprobs(model, examples, exact).value();
  const auto one_by_one = token_logprobs(model, examples, alone).value();
  for (std::size_t i = 0; i < examples.size(); ++i) {
    EXPECT_NEAR(together[i].logprob, one_by_one[i].logprob, 1e-4);
    EXPECT_DOUBLE_EQ(together[i].weight, static_cast<double>(examples[i].tokens.size()) - 2);
  }
}

TEST(Evaluation, APerplexityOfUniformPredictionsIsTheVocabulary) {
  engine::Parameters model(tiny_config());  // all weights 0: every logit 0
  const auto values = token_logprobs(model, random_demonstrations(4), exact).value();
  EXPECT_NEAR(perplexity(values), 61.0, 1e-3);
}

TEST(Evaluation, LogRatiosAreZeroForTheSameModelAndPositiveForWhatWasLearned) {
  auto reference = tiny_model();
  auto same = reference.clone();
  const auto unchanged = log_ratios(same, reference, completions(5), exact).value();
  for (const double ratio : unchanged) EXPECT_EQ(ratio, 0.0);

  std::vector<TokenExample> demonstrations;
  const auto taught = completions(5);
  for (const auto& [prompt, completion] : taught) {
    TokenExample example;
    example.tokens = prompt;
    example.tokens.insert(example.tokens.end(), completion.begin(), completion.end());
    example.token_weights.assign(example.tokens.size(), 1.0F);
    std::fill_n(example.token_weights.begin(), prompt.size(), 0.0F);
    demonstrations.push_back(example);
  }
  auto policy = reference.clone();
  sft(policy, demonstrations, exact_options(30)).value();
  const auto learned = log_ratios(policy, reference, taught, exact).value();
  for (const double ratio : learned) EXPECT_GT(ratio, 0.0);
}

TEST(Evaluation, PairValuesAreThoseOfTheSingleSequences) {
  const auto pairs = random_pairs(4);
  Random random(8);
  auto model = reward_model_from(tiny_model(), random);
  const auto scored = pair_scores(model, pairs, exact).value();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    std::vector<text::TokenId> chosen = pairs[i].prompt;
    chosen.insert(chosen.end(), pairs[i].chosen.begin(), pairs[i].chosen.end());
    const std::vector<std::vector<text::TokenId>> sequence{chosen};
    EXPECT_NEAR(scored[i].chosen, reward_scores(model, sequence, exact).value()[0], 1e-6);
  }
  EXPECT_EQ((PairScores{.chosen = 1, .rejected = 1}).right(), 0.5);
  EXPECT_EQ((PairScores{.chosen = 2, .rejected = 1}).right(), 1.0);
}

TEST(Evaluation, RefusesWhatDoesNotFitTheModel) {
  using Sequence = std::vector<text::TokenId>;
  auto model = tiny_model();
  Random random(8);
  auto reward = reward_model_from(model, random);
  const auto scored = [&](engine::Parameters& parameters, Sequence sequence) {
    const std::vector<Sequence> sequences(1, std::move(sequence));
    return reward_scores(parameters, sequences, exact).has_value();
  };
  EXPECT_TRUE(scored(reward, Sequence(1, 5)));
  EXPECT_FALSE(scored(model, Sequence(1, 5))) << "no reward model";
  EXPECT_FALSE(scored(reward, Sequence()));
  EXPECT_FALSE(scored(reward, Sequence(1, -1)));
  EXPECT_FALSE(scored(reward, Sequence(41, 5))) << "longer than the context";
  const std::vector<CompletionExample> outside(1, {.prompt = Sequence(1, 99), .completion = Sequence(1, 5)});
  EXPECT_FALSE(log_ratios(model, model, outside, exact));
}

TEST(RewardModel, TakesTheBodyAndDrawsAHeadOfTheRightSize) {
  const auto base = tiny_model();
  Random random(3);
  const auto model = reward_model_from(base, random);
  EXPECT_EQ(model.config().label_count, 1);
  EXPECT_EQ(model.config().pad_id, 1) << "exports need one";
  for (const auto& tensor : model.list()) {
    if (tensor.name == "score.weight") continue;
    EXPECT_TRUE(std::ranges::equal(model.tensor(tensor.name), base.tensor(tensor.name))) << tensor.name;
  }
  double squares = 0;
  for (const float value : model.tensor("score.weight")) squares += static_cast<double>(value) * value;
  const double deviation = std::sqrt(squares / 24);
  EXPECT_NEAR(deviation, 1 / std::sqrt(25.0), 0.08);
}

// Windows share one token, so that each token but the first is predicted exactly once, whatever the length.
TEST(Pretraining, LongDocumentsAreCutSoThatEveryTokenIsLearnedOnce) {
  Random random(5);
  for (const std::size_t length : {2U, 40U, 41U, 79U, 80U, 117U, 118U, 119U}) {
    auto model = tiny_model();
    const std::vector<std::vector<text::TokenId>> documents{random_tokens(random, length),
                                                            random_tokens(random, 1)};
    auto options = exact_options(1);
    options.batch_examples = 100;
    const auto report = pretrain(model, documents, options).value();
    const auto windows = report.examples;
    EXPECT_EQ(windows, (static_cast<std::int64_t>(length) - 1 + 38) / 39);
    EXPECT_EQ(report.tokens_per_epoch - windows, static_cast<std::int64_t>(length) - 1);
    EXPECT_EQ(report.examples_left_out, 1) << "a single token has nothing to predict";
  }
}

}  // namespace
}  // namespace preceptor::learning
