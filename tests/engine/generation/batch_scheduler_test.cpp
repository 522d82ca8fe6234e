#include "engine/generation/batch_scheduler.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "base/random.hpp"
#include "engine/generation/generator.hpp"
#include "tests/generation/random_model.hpp"

namespace preceptor::engine {
namespace {

using Finish = GenerationResult::Finish;

GenerationRequest request_of(std::vector<TokenId> prompt, std::int32_t tokens_max, std::uint64_t seed) {
  return {.prompt = std::move(prompt),
          .sampling = {.temperature = 0.9F, .tokens_max = tokens_max, .seed = seed}};
}

// Collects what a scheduler says, by the number of the request.
struct Collected {
  std::map<std::size_t, GenerationResult> results;
  std::map<std::size_t, std::vector<TokenId>> streamed;

  Listener listener(std::size_t index) {
    return {.on_token =
                [this, index](const PickedToken& token) {
                  streamed[index].push_back(token.id);
                  return Next::go_on;
                },
            .on_end = [this, index](GenerationResult result) { results[index] = std::move(result); }};
  }
};

std::vector<GenerationResult> each_alone(const Parameters& parameters, Precision precision,
                                         const std::vector<GenerationRequest>& requests) {
  std::vector<GenerationResult> alone;
  for (const GenerationRequest& request : requests) {
    Generator fresh(parameters, {.precision = precision, .threads = 1, .prefix_bytes_max = 0});
    alone.push_back(fresh.generate({&request, 1}).front());
  }
  return alone;
}

void expect_same(const GenerationResult& one, const GenerationResult& other, std::size_t index) {
  EXPECT_EQ(one.tokens, other.tokens) << index;
  EXPECT_EQ(one.logprobs, other.logprobs) << index;
  EXPECT_EQ(one.finish, other.finish) << index;
}

// 64 requests of which many begin alike, some equal.
std::vector<GenerationRequest> related_requests(std::size_t count) {
  std::vector<GenerationRequest> requests;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<TokenId> prompt = random_ids(i % 3, 20 + 30 * (i % 3));
    const auto end = random_ids(100 + i % 20, i % 20);
    prompt.insert(prompt.end(), end.begin(), end.end());
    requests.push_back(request_of(std::move(prompt), static_cast<std::int32_t>(1 + i * 13 % 60), i));
  }
  return requests;
}

class BatchSchedulerIn : public testing::TestWithParam<Precision> {};
INSTANTIATE_TEST_SUITE_P(Precisions, BatchSchedulerIn, testing::Values(Precision::fp32, Precision::bf16),
                         [](const auto& info) { return info.param == Precision::fp32 ? "fp32" : "bf16"; });

TEST_P(BatchSchedulerIn, ARequestGetsTheSameBitsAloneAndAmong63OthersThatComeAndGo) {
  const Parameters parameters = random_model();
  const auto requests = related_requests(64);
  const auto alone = each_alone(parameters, GetParam(), requests);

  for (const GeneratorOptions& options :
       {GeneratorOptions{.precision = GetParam()},
        GeneratorOptions{.precision = GetParam(), .threads = 2, .batch_max = 9, .prefill_rows_beside = 5},
        GeneratorOptions{.precision = GetParam(), .prefill_rows_max = 7, .prefix_bytes_max = 0},
        GeneratorOptions{.precision = GetParam(), .cache_bytes_max = 0}}) {
    BatchScheduler scheduler(parameters, options);
    Collected collected;
    // A few join before each pass.
    std::size_t added = 0;
    bool more = true;
    while (added < requests.size() || more) {
      for (int i = 0; i < 3 && added < requests.size(); ++i, ++added)
        scheduler.add(requests[added], collected.listener(added));
      more = scheduler.step();
    }
    ASSERT_EQ(collected.results.size(), requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
      expect_same(alone[i], collected.results[i], i);
      EXPECT_EQ(collected.streamed[i], alone[i].tokens) << i;
    }
  }
}

TEST_P(BatchSchedulerIn, TextsThatGaveTheirPagesBackGoOnWithTheSameBits) {
  const Parameters parameters = random_model();
  std::vector<GenerationRequest> requests;
  for (std::size_t i = 0; i < 12; ++i) requests.push_back(request_of(random_ids(i, 10 + 5 * i), 70, i));
  const auto alone = each_alone(parameters, GetParam(), requests);
  // Room for one context alone.
  BatchScheduler scheduler(parameters, {.precision = GetParam(), .cache_bytes_max = 0});
  Collected collected;
  for (std::size_t i = 0; i < requests.size(); ++i) scheduler.add(requests[i], collected.listener(i));
  while (scheduler.step()) {
    EXPECT_LE(scheduler.load().pages_in_use, scheduler.load().pages_max);
  }
  EXPECT_GT(scheduler.load().preemptions, 0U);
  for (std::size_t i = 0; i < requests.size(); ++i) expect_same(alone[i], collected.results[i], i);
}

TEST(BatchScheduler, LaterPromptsGoOnFromThePagesOfEarlierTexts) {
  const Parameters parameters = random_model();
  Generator generator(parameters, {.precision = Precision::fp32});
  const auto first_request = request_of(random_ids(1, 70), 40, 1);
  const auto first = generator.generate({&first_request, 1}).front();
  EXPECT_EQ(first.prompt_tokens_reused, 0);

  // The same conversation with its answer and a further question.
  auto prompt = first_request.prompt;
  prompt.insert(prompt.end(), first.tokens.begin(), first.tokens.end());
  prompt.insert(prompt.end(), {7, 8, 9});
  const auto second_request = request_of(prompt, 20, 2);
  const auto second = generator.generate({&second_request, 1}).front();
  EXPECT_EQ(second.prompt_tokens_reused, 96) << "109 positions were written: three whole pages";
  expect_same(each_alone(parameters, Precision::fp32, {second_request}).front(), second, 0);

  generator.weights_changed();
  EXPECT_EQ(generator.generate({&second_request, 1}).front().prompt_tokens_reused, 0);
}

TEST(BatchScheduler, SamplesOfOnePromptTakeItInOnce) {
  const Parameters parameters = random_model();
  BatchScheduler scheduler(parameters, {.precision = Precision::fp32, .prefix_bytes_max = 0});
  Collected collected;
  const auto prompt = random_ids(1, 128);
  for (std::size_t i = 0; i < 32; ++i) scheduler.add(request_of(prompt, 20, i), collected.listener(i));
  scheduler.step();
  EXPECT_EQ(scheduler.load().running, 32U);
  EXPECT_EQ(scheduler.load().pages_in_use, 4U) << "whole pages are shared";
  scheduler.step();
  EXPECT_EQ(scheduler.load().pages_in_use, 4U + 32U);
  while (scheduler.step()) {}
  EXPECT_EQ(scheduler.load().pages_in_use, 0U);
  EXPECT_NE(collected.results[0].tokens, collected.results[1].tokens);
}

TEST(BatchScheduler, ALongPromptDoesNotStallTheOthers) {
  const Parameters parameters = random_model(600);
  BatchScheduler scheduler(parameters, {.precision = Precision::fp32, .prefill_rows_beside = 16});
  Collected collected;
  scheduler.add(request_of({1, 2}, 200, 1), collected.listener(0));
  scheduler.step();
  scheduler.add(request_of(random_ids(1, 560), 5, 2), collected.listener(1));
  for (int i = 0; i < 30; ++i) scheduler.step();
  EXPECT_EQ(collected.streamed[0].size(), 31U) << "a token in each pass";
  EXPECT_TRUE(collected.streamed[1].empty());
  // A short prompt that comes later does not wait for the long one.
  scheduler.add(request_of({3, 4, 5}, 3, 3), collected.listener(2));
  for (int i = 0; i < 3; ++i) scheduler.step();
  EXPECT_EQ(collected.streamed[2].size(), 3U);
  EXPECT_TRUE(collected.streamed[1].empty());
  while (scheduler.step()) {}
  EXPECT_EQ(collected.streamed[1].size(), 5U);
}

TEST(BatchScheduler, AnOwnerOfManyRequestsLeavesPlacesToOthers) {
  const Parameters parameters = random_model();
  BatchScheduler scheduler(parameters, {.precision = Precision::fp32, .batch_max = 2});
  Collected collected;
  for (std::size_t i = 0; i < 10; ++i) {
    auto request = request_of({static_cast<TokenId>(i)}, 10, i);
    request.owner = 1;
    scheduler.add(std::move(request), collected.listener(i));
  }
  for (int i = 0; i < 3; ++i) scheduler.step();
  auto other = request_of({40}, 5, 99);
  other.owner = 2;
  scheduler.add(std::move(other), collected.listener(10));
  while (!collected.results.contains(10)) ASSERT_TRUE(scheduler.step());
  EXPECT_EQ(collected.results.size(), 3U) << "only the two that were running came before";
  while (scheduler.step()) {}
  EXPECT_EQ(collected.results.size(), 11U);
}

TEST(BatchScheduler, RequestsAreCancelledAtAnyMoment) {
  const Parameters parameters = random_model();
  const auto requests = related_requests(20);
  const auto alone = each_alone(parameters, Precision::fp32, requests);
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    Random random(seed);
    BatchScheduler scheduler(parameters, {.precision = Precision::fp32,
                                          .batch_max = 6,
                                          .prefill_rows_max = 16,
                                          .cache_bytes_max = seed % 2 == 0 ? std::size_t{0} : 1U << 30U,
                                          .prefix_bytes_max = seed % 3 == 0 ? std::size_t{0} : 1U << 20U});
    Collected collected;
    std::vector<BatchScheduler::RequestId> ids;
    for (std::size_t i = 0; i < requests.size(); ++i)
      ids.push_back(scheduler.add(requests[i], collected.listener(i)));
    bool more = true;
    while (more) {
      if (random.below(3) == 0) scheduler.cancel(ids[random.below(ids.size())]);
      more = scheduler.step();
    }
    ASSERT_EQ(collected.results.size(), requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const GenerationResult& result = collected.results[i];
      if (result.finish != Finish::cancelled) {
        expect_same(alone[i], result, i);
        continue;
      }
      ASSERT_LE(result.tokens.size(), alone[i].tokens.size());
      EXPECT_TRUE(std::equal(result.tokens.begin(), result.tokens.end(), alone[i].tokens.begin())) << i;
    }
    EXPECT_EQ(scheduler.load().pages_in_use, scheduler.load().pages_of_ended_texts);
    scheduler.cancel(ids[0]);  // one that has ended is let be
  }
}

TEST(BatchScheduler, AListenerEndsItsTextAsStoppedOrCancelled) {
  const Parameters parameters = random_model();
  BatchScheduler scheduler(parameters, {});
  std::map<int, Finish> finish;
  for (const auto next : {Next::stop, Next::cancel}) {
    int seen = 0;
    scheduler.add(
        request_of({1}, 10, 1),
        {.on_token = [next, seen](const PickedToken&) mutable { return ++seen < 4 ? Next::go_on : next; },
         .on_end =
             [&finish, next](GenerationResult result) {
               EXPECT_EQ(result.tokens.size(), 4U);
               finish[static_cast<int>(next)] = result.finish;
             }});
  }
  while (scheduler.step()) {}
  EXPECT_EQ(finish[static_cast<int>(Next::stop)], Finish::stop);
  EXPECT_EQ(finish[static_cast<int>(Next::cancel)], Finish::cancelled);
}

TEST(BatchScheduler, LogitsThatAreNotNumbersEndTheTextAsFailed) {
  Parameters parameters = random_model();
  parameters.tensor("model.embed_tokens.weight")[0] = std::numeric_limits<float>::quiet_NaN();  // of the id 0
  BatchScheduler scheduler(parameters, {.precision = Precision::fp32});
  Collected collected;
  scheduler.add(request_of({0, 1}, 3, 1), collected.listener(0));
  auto other = request_of({1, 2}, 3, 1);
  other.sampling.logit_bias = {{0, -1e30F}};
  scheduler.add(std::move(other), collected.listener(1));
  while (scheduler.step()) {}
  EXPECT_EQ(collected.results[0].finish, Finish::failed);
  ASSERT_TRUE(collected.results[0].failure.has_value());
  EXPECT_EQ(collected.results[1].finish, Finish::length);
}

}  // namespace
}  // namespace preceptor::engine
