#include "engine/generation/generator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/formats/hugging_face.hpp"
#include "engine/model/network.hpp"
#include "tests/formats/fixture_models.hpp"
#include "tests/generation/random_model.hpp"

namespace preceptor::engine {
namespace {

using Finish = GenerationResult::Finish;

std::vector<GenerationRequest> mixed_requests(std::size_t count) {
  std::vector<GenerationRequest> requests;
  for (std::size_t i = 0; i < count; ++i) {
    // Every third prompt is one that came before; lengths, settings and stop ids differ.
    const std::uint64_t prompt = i % 3 == 2 ? i - 2 : i;
    requests.push_back(
        {.prompt = random_ids(prompt, 1 + prompt * 7 % 45),
         .sampling = {.temperature = i % 5 == 0 ? 0.0F : 0.5F + 0.1F * static_cast<float>(i % 8),
                      .top_k = i % 4 == 1 ? 10 : 0,
                      .top_p = i % 4 == 2 ? 0.9F : 1.0F,
                      .min_p = i % 6 == 3 ? 0.05F : 0.0F,
                      .tokens_max = static_cast<std::int32_t>(5 + i * 11 % 50),
                      .tokens_min = static_cast<std::int32_t>(i % 3),
                      .seed = i,
                      .stop_ids = {static_cast<TokenId>(i % 50)},
                      .repetition_penalty = i % 7 == 1 ? 1.2F : 1.0F,
                      .presence_penalty = i % 7 == 2 ? 0.5F : 0.0F,
                      .frequency_penalty = i % 7 == 3 ? 0.5F : 0.0F,
                      .logit_bias = i % 7 == 4 ? std::vector<LogitBias>{{3, 2.0F}} : std::vector<LogitBias>{},
                      .top_logprobs = static_cast<std::int32_t>(i % 4)}});
  }
  return requests;
}

void expect_same(const GenerationResult& one, const GenerationResult& other, std::size_t index) {
  EXPECT_EQ(one.tokens, other.tokens) << index;
  EXPECT_EQ(one.logprobs, other.logprobs) << index;
  EXPECT_EQ(one.top_logprobs, other.top_logprobs) << index;
  EXPECT_EQ(one.finish, other.finish) << index;
  EXPECT_EQ(one.stop_id, other.stop_id) << index;
  EXPECT_EQ(one.stop_logprob, other.stop_logprob) << index;
}

class GoldenGreedy : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Generator, GoldenGreedy,
                         testing::Values("untied", "tied", "half", "bfloat", "sharded"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(GoldenGreedy, TextAndLogProbabilitiesEqualTransformers) {
  const auto parameters = load_parameters(fixture_model(GetParam()));
  ASSERT_TRUE(parameters.has_value());
  Generator generator(*parameters, {.precision = Precision::fp32});
  std::vector<GenerationRequest> requests;
  const auto& golden = fixture_golden().at("models").at(GetParam()).at("greedy");
  for (const auto& text : golden) {
    requests.push_back({.prompt = text.at("prompt").get<std::vector<TokenId>>(),
                        .sampling = {.temperature = 0, .tokens_max = 20}});
  }
  const auto results = generator.generate(requests);
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].tokens, golden[i].at("tokens").get<std::vector<TokenId>>());
    const auto logprobs = golden[i].at("logprobs").get<std::vector<float>>();
    ASSERT_EQ(results[i].logprobs.size(), logprobs.size());
    for (std::size_t t = 0; t < logprobs.size(); ++t)
      EXPECT_NEAR(results[i].logprobs[t], logprobs[t], 1e-4F) << t;
  }
}

class GeneratorIn : public testing::TestWithParam<Precision> {};
INSTANTIATE_TEST_SUITE_P(Precisions, GeneratorIn, testing::Values(Precision::fp32, Precision::bf16),
                         [](const auto& info) { return info.param == Precision::fp32 ? "fp32" : "bf16"; });

TEST_P(GeneratorIn, ARequestGetsTheSameBitsWhateverElseIsInTheBatch) {
  const Parameters parameters = random_model();
  const auto requests = mixed_requests(40);
  Generator reference(parameters, {.precision = GetParam(), .threads = 1, .batch_max = 1});
  std::vector<GenerationResult> alone;
  for (const GenerationRequest& request : requests)
    alone.push_back(reference.generate({&request, 1}).front());

  for (const GeneratorOptions& options :
       {GeneratorOptions{.precision = GetParam(), .batch_max = 64},
        GeneratorOptions{.precision = GetParam(), .threads = 2, .batch_max = 7},
        GeneratorOptions{.precision = GetParam(), .prefill_rows_max = 3}}) {
    Generator generator(parameters, options);
    for (int time = 0; time < 2; ++time) {  // the second time with pages that were used before
      const auto together = generator.generate(requests);
      for (std::size_t i = 0; i < requests.size(); ++i) expect_same(alone[i], together[i], i);
    }
  }
}

TEST(Generator, LogProbabilitiesAreThoseOfTheModelAtTemperatureOne) {
  Parameters parameters = random_model();
  const auto requests = mixed_requests(12);
  Generator generator(parameters, {.precision = Precision::fp32});
  const auto results = generator.generate(requests);
  Network network(parameters, {.precision = Precision::fp32});
  for (std::size_t i = 0; i < requests.size(); ++i) {
    auto ids = requests[i].prompt;
    ids.insert(ids.end(), results[i].tokens.begin(), results[i].tokens.end());
    auto expected = results[i].logprobs;
    if (results[i].finish == Finish::stop) {
      ids.push_back(results[i].stop_id);
      expected.push_back(results[i].stop_logprob);
    }
    std::vector<Target> targets;
    for (std::size_t t = requests[i].prompt.size(); t < ids.size(); ++t) {
      targets.push_back({static_cast<std::int32_t>(t) - 1, ids[t]});
    }
    const auto logprobs = network.logprobs({ids, {0, static_cast<std::int32_t>(ids.size())}}, targets);
    for (std::size_t t = 0; t < logprobs.size(); ++t) EXPECT_NEAR(expected[t], logprobs[t], 1e-4F) << i;
  }
}

TEST(Generator, TheLikeliestTokensAreToldBesideEachPickedOne) {
  Parameters parameters = random_model();
  Generator generator(parameters, {.precision = Precision::fp32});
  const GenerationRequest request{.prompt = {4, 5},
                                  .sampling = {.temperature = 1.3F,
                                               .tokens_max = 12,
                                               .repetition_penalty = 1.5F,
                                               .logit_bias = {{7, -3.0F}},
                                               .top_logprobs = 50}};
  const auto result = generator.generate({&request, 1}).front();
  ASSERT_EQ(result.top_logprobs.size(), result.tokens.size());
  for (std::size_t t = 0; t < result.tokens.size(); ++t) {
    const auto& top = result.top_logprobs[t];
    ASSERT_EQ(top.size(), 50U);
    double sum = 0;
    for (std::size_t i = 0; i < top.size(); ++i) {
      if (i > 0) {
        EXPECT_GE(top[i - 1].logprob, top[i].logprob);
      }
      if (top[i].id == result.tokens[t]) {
        EXPECT_EQ(top[i].logprob, result.logprobs[t]);
      }
      sum += std::exp(static_cast<double>(top[i].logprob));
    }
    EXPECT_NEAR(sum, 1, 1e-5);  // the model's own distribution, not the one drawn from
  }
}

TEST(Generator, NoStopIdIsPickedBeforeTheTextHasTokensMin) {
  const Parameters parameters = random_model();
  Generator generator(parameters, {.precision = Precision::fp32});
  GenerationRequest request{.prompt = {1, 2, 3}, .sampling = {.temperature = 0, .tokens_max = 20}};
  const TokenId first = generator.generate({&request, 1}).front().tokens.front();
  for (TokenId id = 0; id < 50; ++id) request.sampling.stop_ids.push_back(id);
  std::erase(request.sampling.stop_ids, first == 9 ? 8 : 9);  // one that can be written
  request.sampling.tokens_min = 7;
  const auto result = generator.generate({&request, 1}).front();
  EXPECT_EQ(result.tokens, std::vector<TokenId>(7, first == 9 ? 8 : 9));
  EXPECT_EQ(result.finish, Finish::stop);
}

TEST(Generator, SampledTokensFollowTheModelsProbabilities) {
  Parameters parameters = random_model(32, 12);
  constexpr int draws = 8000;
  const std::vector<TokenId> prompt = {3, 7, 1};
  std::vector<GenerationRequest> requests;
  for (int i = 0; i < draws; ++i) {
    requests.push_back(
        {.prompt = prompt, .sampling = {.tokens_max = 2, .seed = static_cast<std::uint64_t>(i)}});
  }
  Generator generator(parameters, {.precision = Precision::fp32});
  std::map<std::vector<TokenId>, int> counts;
  for (const auto& result : generator.generate(requests)) ++counts[result.tokens];

  // Both tokens at once: 144 pairs with probability p(a) * p(b | a).
  Network network(parameters, {.precision = Precision::fp32});
  double statistic = 0;
  double rare_expected = 0;
  double rare_count = 0;
  int freedom = -1;
  for (TokenId a = 0; a < 12; ++a) {
    for (TokenId b = 0; b < 12; ++b) {
      const auto logprobs = network.logprobs({{3, 7, 1, a}, {0, 4}}, std::vector<Target>{{2, a}, {3, b}});
      const double expected = draws * std::exp(static_cast<double>(logprobs[0]) + logprobs[1]);
      const double count = counts[{a, b}];
      if (expected < 5) {
        rare_expected += expected;
        rare_count += count;
        continue;
      }
      statistic += (count - expected) * (count - expected) / expected;
      ++freedom;
    }
  }
  if (rare_expected > 0) {
    statistic += (rare_count - rare_expected) * (rare_count - rare_expected) / rare_expected;
    ++freedom;
  }
  ASSERT_GT(freedom, 10);
  const double spread = 2.0 / (9.0 * freedom);
  EXPECT_LT(statistic, freedom * std::pow(1 - spread + 3.719 * std::sqrt(spread), 3)) << freedom;
}

TEST(Generator, TheSeedDecidesTheText) {
  const Parameters parameters = random_model();
  Generator generator(parameters, {});
  const auto text = [&](std::uint64_t seed) {
    const GenerationRequest request{.prompt = {1, 2, 3}, .sampling = {.tokens_max = 30, .seed = seed}};
    return generator.generate({&request, 1}).front().tokens;
  };
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

TEST(Generator, AStopIdEndsTheTextAndIsNotPartOfIt) {
  const Parameters parameters = random_model();
  Generator generator(parameters, {.precision = Precision::fp32});
  GenerationRequest request{.prompt = {1, 2, 3}, .sampling = {.temperature = 0, .tokens_max = 20}};
  const auto free = generator.generate({&request, 1}).front();
  ASSERT_EQ(free.tokens.size(), 20U);
  EXPECT_EQ(free.finish, Finish::length);
  EXPECT_EQ(free.stop_id, -1);
  for (const std::size_t end : {std::size_t{0}, std::size_t{4}}) {
    const auto first =
        static_cast<std::size_t>(std::ranges::find(free.tokens, free.tokens[end]) - free.tokens.begin());
    request.sampling.stop_ids = {49, free.tokens[end]};
    const auto stopped = generator.generate({&request, 1}).front();
    EXPECT_EQ(stopped.finish, Finish::stop);
    EXPECT_EQ(stopped.stop_id, free.tokens[end]);
    EXPECT_EQ(stopped.stop_logprob, free.logprobs[first]);
    EXPECT_EQ(stopped.tokens,
              std::vector<TokenId>(free.tokens.begin(), free.tokens.begin() + static_cast<long>(first)));
  }
}

TEST(Generator, PromptAndTextFitTheContextTogether) {
  const Parameters parameters = random_model(16);
  Generator generator(parameters, {});
  for (const std::size_t prompt_tokens : {1, 10, 15}) {
    const GenerationRequest request{.prompt = random_ids(1, prompt_tokens), .sampling = {.tokens_max = 100}};
    const auto result = generator.generate({&request, 1}).front();
    EXPECT_EQ(result.tokens.size(), 16 - prompt_tokens);
    EXPECT_EQ(result.finish, Finish::length);
  }
}

TEST(Generator, RequestsThatCannotBeServedAreRefusedBeforeAnythingRuns) {
  const Parameters parameters = random_model(16);
  Generator generator(parameters, {});
  const GenerationRequest good{.prompt = {1}, .sampling = {.tokens_max = 1}};
  const std::vector<GenerationRequest> bad = {{.prompt = {}, .sampling = {}},
                                              {.prompt = random_ids(1, 16), .sampling = {}},
                                              {.prompt = {50}, .sampling = {}},
                                              {.prompt = {-1}, .sampling = {}},
                                              {.prompt = {1}, .sampling = {.top_p = 0}},
                                              {.prompt = {1}, .sampling = {.logit_bias = {{50, 1.0F}}}}};
  for (const GenerationRequest& request : bad) {
    int streamed = 0;
    const std::vector<GenerationRequest> requests = {good, request};
    try {
      generator.generate(requests, [&](std::size_t, TokenId) { return ++streamed > 0; });
      ADD_FAILURE();
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.error.where, "request 1") << failure.error.text();
    }
    EXPECT_EQ(streamed, 0);
  }
}

TEST(Generator, TokensAreStreamedInOrderAsTheyCome) {
  const Parameters parameters = random_model();
  Generator generator(parameters, {.batch_max = 5});
  const auto requests = mixed_requests(17);
  std::vector<std::vector<TokenId>> streamed(requests.size());
  const auto results = generator.generate(requests, [&](std::size_t request, TokenId token) {
    streamed[request].push_back(token);
    return true;
  });
  for (std::size_t i = 0; i < requests.size(); ++i) EXPECT_EQ(streamed[i], results[i].tokens);
}

TEST(Generator, OneRequestIsCancelledByItsStreamAndTheOthersGoOn) {
  const Parameters parameters = random_model();
  Generator generator(parameters, {.batch_max = 4});
  const auto requests = mixed_requests(10);
  const auto undisturbed = generator.generate(requests);
  std::map<std::size_t, int> seen;
  const auto results = generator.generate(
      requests, [&](std::size_t request, TokenId) { return ++seen[request] < 3 || request != 4; });
  EXPECT_EQ(results[4].finish, Finish::cancelled);
  EXPECT_EQ(results[4].tokens.size(), 3U);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (i != 4) expect_same(undisturbed[i], results[i], i);
  }
}

TEST(Generator, AStopRequestReturnsWhatIsThere) {
  const Parameters parameters = random_model();
  Generator generator(parameters, {.batch_max = 2});
  std::vector<GenerationRequest> requests;
  for (int i = 0; i < 5; ++i) requests.push_back({.prompt = {i}, .sampling = {.tokens_max = 50}});
  std::stop_source source;
  int streamed = 0;
  const auto results = generator.generate(
      requests,
      [&](std::size_t, TokenId) {
        if (++streamed == 9) source.request_stop();
        return true;
      },
      source.get_token());
  for (const GenerationResult& result : results) EXPECT_EQ(result.finish, Finish::cancelled);
  EXPECT_EQ(results[0].tokens.size(), 5U);
  EXPECT_TRUE(results[4].tokens.empty());

  const auto never = generator.generate(requests, {}, source.get_token());
  for (const GenerationResult& result : never) EXPECT_EQ(result.finish, Finish::cancelled);
  const auto again = generator.generate(requests);
  for (const GenerationResult& result : again) EXPECT_EQ(result.tokens.size(), 50U);
}

TEST(Generator, AnExceptionFromTheStreamLeavesItUsable) {
  const Parameters parameters = random_model();
  Generator generator(parameters, {});
  const auto requests = mixed_requests(6);
  const auto expected = generator.generate(requests);
  EXPECT_THROW(
      generator.generate(requests, [](std::size_t, TokenId) -> bool { throw std::runtime_error("gone"); }),
      std::runtime_error);
  const auto results = generator.generate(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) expect_same(expected[i], results[i], i);
}

TEST(Generator, NoRequestsAndNoTokensAreFine) {
  const Parameters parameters = random_model();
  Generator generator(parameters, {});
  EXPECT_TRUE(generator.generate({}).empty());
  const GenerationRequest request{.prompt = {1}, .sampling = {.tokens_max = 0}};
  const auto result = generator.generate({&request, 1}).front();
  EXPECT_TRUE(result.tokens.empty());
  EXPECT_EQ(result.finish, Finish::length);
}

TEST(Generator, DamagedWeightsAreAFailureNotAText) {
  Parameters parameters = random_model();
  parameters.tensor("model.norm.weight")[0] = std::numeric_limits<float>::quiet_NaN();
  Generator generator(parameters, {});
  const GenerationRequest request{.prompt = {1}, .sampling = {}};
  EXPECT_THROW(generator.generate({&request, 1}), Failure);
}

TEST(Generator, AClassifierCannotGenerate) {
  const auto reward = load_parameters(fixture_model("reward"));
  ASSERT_TRUE(reward.has_value());
  EXPECT_THROW(Generator(*reward, {}), Failure);
}

}  // namespace
}  // namespace preceptor::engine
