#include "engine/generation/text_model.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "engine/generation/generator.hpp"
#include "text/training.hpp"

namespace preceptor::engine {
namespace {

using Finish = GenerationResult::Finish;

LoadedModel loaded_model(std::int32_t context_length_max = 256) {
  text::Tokenizer tokenizer = text::train_bpe(std::vector<std::string>{"the ferry to the harbour"},
                                              {.vocabulary_size = 270, .special_tokens = {"<|end|>"}})
                                  .value();
  Parameters parameters({.vocabulary_size = tokenizer.vocabulary_size(),
                         .hidden_size = 16,
                         .intermediate_size = 24,
                         .layer_count = 1,
                         .head_count = 2,
                         .kv_head_count = 1,
                         .head_dim = 8,
                         .context_length_max = context_length_max});
  Random random(5);
  parameters.initialise(random);
  for (float& value : parameters.tensor("lm_head.weight")) value *= 8;
  ModelFiles files;
  files.generation.stop_ids = {0};
  return {std::move(parameters), std::move(tokenizer), std::nullopt, std::move(files)};
}

TextRequest request_of(const TextModel& model, const std::string& prompt, std::uint64_t seed,
                       std::int32_t tokens_max = 40) {
  SamplingOptions sampling = model.default_sampling();
  sampling.seed = seed;
  sampling.tokens_max = tokens_max;
  return {.generation = {.prompt = model.prompt_of(prompt).value(), .sampling = sampling}};
}

// All texts of a stream, put together from their pieces.
struct Gathered {
  std::vector<std::string> texts;
  std::vector<std::vector<TokenId>> tokens;
  std::vector<TextResult> ends;
};
Gathered gather(TextStream& stream, std::size_t count) {
  Gathered all{std::vector<std::string>(count), std::vector<std::vector<TokenId>>(count),
               std::vector<TextResult>(count)};
  while (!stream.ended()) {
    const auto event = stream.next(std::chrono::seconds(20));
    if (!event) break;
    all.texts[event->index] += event->piece.text;
    for (const PickedToken& token : event->piece.tokens) all.tokens[event->index].push_back(token.id);
    if (event->end) all.ends[event->index] = *event->end;
  }
  return all;
}

TEST(TextModel, PiecesMakeUpTheTextThatTheEndTells) {
  TextModel model(loaded_model(), {.precision = Precision::fp32});
  std::vector<TextRequest> requests;
  for (std::uint64_t seed = 0; seed < 6; ++seed) requests.push_back(request_of(model, "the ferry", seed));
  const auto stream = model.start(requests).value();
  const Gathered all = gather(*stream, 6);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(all.texts[i], all.ends[i].text);
    EXPECT_EQ(all.tokens[i], all.ends[i].generation.tokens);
    EXPECT_EQ(all.ends[i].text, model.model().tokenizer.decode(all.tokens[i], text::Specials::skip));
    EXPECT_EQ(all.ends[i].prompt_tokens, requests[i].generation.prompt.size());
  }
  EXPECT_NE(all.texts[0], all.texts[1]);
}

TEST(TextModel, AStopStringEndsTheTextAndIsNoPartOfIt) {
  TextModel model(loaded_model(), {.precision = Precision::fp32});
  const TextRequest plain = request_of(model, "the", 3);
  const TextResult whole = model.write({plain}).value().front();
  ASSERT_GT(whole.text.size(), 12U);
  std::size_t at = 6;
  while ((whole.text[at] & 0xC0) == 0x80) ++at;
  std::size_t end = at + 3;
  while (end < whole.text.size() && (whole.text[end] & 0xC0) == 0x80) ++end;
  const std::string stop = whole.text.substr(at, end - at);
  TextRequest stopping = plain;
  stopping.stops = {"never, ever", stop};
  const TextResult cut = model.write({stopping}).value().front();
  EXPECT_EQ(cut.text, whole.text.substr(0, whole.text.find(stop)));
  EXPECT_EQ(cut.stop, stop);
  EXPECT_EQ(cut.generation.finish, Finish::stop);
  EXPECT_LT(cut.generation.tokens.size(), whole.generation.tokens.size());
}

TEST(TextModel, ManyThreadsGetTheTextsTheyWouldGetAlone) {
  TextModel model(loaded_model(), {.precision = Precision::fp32});
  std::vector<std::string> alone;
  for (std::uint64_t seed = 0; seed < 12; ++seed)
    alone.push_back(model.write({request_of(model, "to the harbour", seed)}).value().front().text);
  std::vector<std::string> together(12);
  {
    std::vector<std::jthread> people;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      people.emplace_back([&, seed] {
        together[seed] = model.write({request_of(model, "to the harbour", seed)}).value().front().text;
      });
    }
  }
  EXPECT_EQ(together, alone);
}

TEST(TextModel, ACancelledStreamEndsAndOneThatIsDroppedLeavesNoWorkBehind) {
  TextModel model(loaded_model(4000), {.precision = Precision::fp32});
  TextRequest endless = request_of(model, "the", 1, 3900);
  endless.generation.sampling.logit_bias = {{0, -1000.0F}};
  auto stream = model.start({endless, endless}).value();
  ASSERT_TRUE(stream->next(std::chrono::seconds(20)).has_value());
  stream->cancel();
  const Gathered all = gather(*stream, 2);
  EXPECT_EQ(all.ends[0].generation.finish, Finish::cancelled);
  EXPECT_EQ(all.ends[1].generation.finish, Finish::cancelled);
  EXPECT_LT(all.ends[0].generation.tokens.size(), 3900U);
  model.start({endless}).value().reset();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(model.write({endless}, stop.get_token()).value().front().generation.finish, Finish::cancelled);
}

TEST(TextModel, RequestsThatCannotBeServedAreRefusedWithTheirNumber) {
  TextModel model(loaded_model(16), {});
  const TextRequest good = request_of(model, "the", 1, 2);
  TextRequest long_one = good;
  long_one.generation.prompt.assign(16, 5);
  const auto too_long = model.start({good, long_one});
  ASSERT_FALSE(too_long.has_value());
  EXPECT_EQ(too_long.error().kind, ErrorKind::too_large);
  EXPECT_EQ(too_long.error().where, "request 1");
  TextRequest stopping = good;
  stopping.stops = {""};
  EXPECT_FALSE(model.start({stopping}).has_value());
  EXPECT_FALSE(model.prompt_of("\xff").has_value());
  const std::vector<text::Message> chat = {{"user", "Hello"}};
  EXPECT_EQ(model.prompt_of(chat).error().kind, ErrorKind::unsupported) << "without a template";
}

}  // namespace
}  // namespace preceptor::engine
