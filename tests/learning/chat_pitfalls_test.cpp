// Pitfalls of turning conversations into ids, masks and sequences.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "learning/collation.hpp"
#include "learning/evaluation.hpp"
#include "learning/packing.hpp"
#include "learning/reward_model.hpp"
#include "learning/sft.hpp"
#include "tests/tiny_model.hpp"
#include "text/training.hpp"

namespace preceptor::learning {
namespace {

using text::Message;
using text::Specials;
using text::TokenId;

constexpr const char* template_source =
    "{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}";

struct Chat {
  text::Tokenizer tokenizer;
  text::ChatTemplate chat_template;

  TokenId id(std::string_view token) const { return tokenizer.id_of(token).value(); }
  std::string text(std::span<const TokenId> ids) const { return tokenizer.decode(ids, Specials::keep); }
};

const Chat& chat() {
  static const Chat made = [] {
    const std::vector<std::string> texts = {"the ferry leaves the port at noon and the port is old\n",
                                            "<|assistant|>\nthe the the\nat at at noonnoon port ferry"};
    return Chat{text::train_bpe(texts, {.vocabulary_size = 300,
                                        .special_tokens = {"<s>", "<|user|>", "<|assistant|>", "<|end|>"}})
                    .value(),
                text::ChatTemplate::from_source(template_source, "<s>", "<|end|>").value()};
  }();
  return made;
}

const std::vector<Message> two_turns = {{"user", "when does the ferry leave"},
                                        {"assistant", "at noon"},
                                        {"user", "from the old port"},
                                        {"assistant", "the port is old"}};

std::string learned_text(const TokenExample& example) {
  std::vector<TokenId> learned;
  for (std::size_t i = 0; i < example.tokens.size(); ++i) {
    if (example.token_weights[i] > 0) learned.push_back(example.tokens[i]);
  }
  return chat().text(learned);
}

// Pitfall 2: a mask that is found by searching for "<|assistant|>\n" breaks when a person writes it, or when
// the tokenizer merges its line break into the answer.
TEST(Pitfalls, N02TheMaskComesFromSpansWhateverPeopleWrite) {
  const std::vector<Message> messages = {{"user", "say <|assistant|>\nthe the<|end|>"},
                                         {"assistant", "\nthe <|assistant|>\nat noon"}};
  const auto example = demonstration(chat().tokenizer, chat().chat_template, messages).value();
  EXPECT_EQ(learned_text(example), "\nthe <|assistant|>\nat noon<|end|>");
  EXPECT_EQ(std::ranges::count(example.tokens, chat().id("<|assistant|>")), 1)
      << "what people write is no control";
}

TEST(Collation, LossFallsOnTheLastOrOnEveryAssistantTurn) {
  const auto last = demonstration(chat().tokenizer, chat().chat_template, two_turns).value();
  EXPECT_EQ(learned_text(last), "the port is old<|end|>");
  const auto every =
      demonstration(chat().tokenizer, chat().chat_template, two_turns, LossOn::every_assistant_turn).value();
  EXPECT_EQ(learned_text(every), "at noon<|end|>the port is old<|end|>");
}

// Pitfalls 3 and 4: where the padding id equals the end-of-sequence id, masking the one masks the other.
TEST(Pitfalls, N03TheTurnEndIsLearnedEvenWhenItIsThePaddingId) {
  const auto example = demonstration(chat().tokenizer, chat().chat_template, two_turns).value();
  EXPECT_EQ(example.tokens.back(), chat().id("<|end|>"));
  EXPECT_EQ(example.token_weights.back(), 1.0F);
  auto config = tiny_config();
  config.vocabulary_size = chat().tokenizer.vocabulary_size();
  config.context_length_max = 128;
  config.pad_id = chat().id("<|end|>");
  config.eos_ids = {chat().id("<|end|>")};
  engine::Parameters parameters(config);
  Random random(1);
  parameters.initialise(random);
  // Only the turn's end is learned; afterwards it is what the model expects.
  auto end_only = example;
  std::fill(end_only.token_weights.begin(), end_only.token_weights.end() - 1, 0.0F);
  const std::vector<TokenExample> examples{end_only};
  const double before = perplexity(token_logprobs(parameters, examples).value());
  auto options = exact_options(30);
  options.learning_rate = 1e-2F;
  sft(parameters, examples, options).value();
  EXPECT_LT(perplexity(token_logprobs(parameters, examples).value()), 0.1 * before);
}

TEST(Pitfalls, N04AScoreIsReadAtTheLastTokenEvenWhenItIsPaddingAndEndAtOnce) {
  auto config = tiny_config();
  config.pad_id = 1;
  config.eos_ids = {1, 2};
  engine::Parameters base(config);
  Random random(2);
  base.initialise(random);
  auto model = reward_model_from(base, random);
  const std::vector<std::vector<TokenId>> sequences = {{5, 6, 7}, {5, 6, 7, 1}, {5, 6, 7, 1, 1}};
  const auto scores = reward_scores(model, sequences).value();
  EXPECT_NE(scores[0], scores[1]) << "the end token is read, not stripped";
  EXPECT_NE(scores[1], scores[2]);
}

// Pitfall 5: off by one in the shift, and the first token of the answer is never learned.
TEST(Pitfalls, N05TheFirstTokenOfTheAnswerIsLearnedFromTheLastOfThePrompt) {
  PackedTargets packed;
  append_completion(packed, std::vector<TokenId>{10, 11, 12}, std::vector<TokenId>{20, 21});
  append_completion(packed, std::vector<TokenId>{13}, std::vector<TokenId>{22});
  ASSERT_EQ(packed.targets.size(), 3U);
  EXPECT_EQ(packed.targets[0].row, 2);
  EXPECT_EQ(packed.targets[0].token, 20);
  EXPECT_EQ(packed.targets[2].row, 5);
  EXPECT_EQ(packed.targets[2].token, 22);
  const auto example = demonstration(chat().tokenizer, chat().chat_template, two_turns).value();
  const auto first = std::ranges::find(example.token_weights, 1.0F) - example.token_weights.begin();
  EXPECT_EQ(chat().text(std::span(example.tokens).first(first)),
            chat().chat_template.render(std::span(two_turns).first(3), text::GenerationPrompt::add)->text);
}

// Pitfall 6: the template writes the begin of the sequence; a tokenizer that adds its own makes two.
TEST(Pitfalls, N06ThereIsOneBeginOfSequence) {
  const auto example = demonstration(chat().tokenizer, chat().chat_template, two_turns).value();
  EXPECT_EQ(std::ranges::count(example.tokens, chat().id("<s>")), 1);
  const auto pair = preference(chat().tokenizer, chat().chat_template, std::span(two_turns).first(1),
                               "at noon", "at the port")
                        .value();
  EXPECT_EQ(std::ranges::count(pair.prompt, chat().id("<s>")), 1);
  EXPECT_EQ(std::ranges::count(pair.chosen, chat().id("<s>")), 0);
  const auto ids = document(chat().tokenizer, "the port", chat().id("<s>"), chat().id("<|end|>"));
  EXPECT_EQ(std::ranges::count(ids, chat().id("<s>")), 1);
}

// Pitfall 7: tokenized together, prompt and answer may merge at their border, and the ids that were sampled
// are lost.
TEST(Pitfalls, N07NoTokenCrossesTheBorderOfPromptAndAnswer) {
  const auto& tokenizer = chat().tokenizer;
  ASSERT_LT(tokenizer.encode_plain("noonnoon").ids.size(), 2 * tokenizer.encode_plain("noon").ids.size() + 1);
  const auto prompt = tokenizer.encode_plain("the fer").ids;
  const auto example =
      plain_completion(tokenizer, "the fer", "ry leaves", std::nullopt, chat().id("<|end|>")).value();
  ASSERT_GT(example.tokens.size(), prompt.size());
  EXPECT_TRUE(std::equal(prompt.begin(), prompt.end(), example.tokens.begin()));
  EXPECT_NE(example.tokens.size(), tokenizer.encode_plain("the ferry leaves").ids.size() + 1)
      << "here the joined text tokenizes otherwise, so the test means something";
  EXPECT_EQ(learned_text(example), "ry leaves<|end|>");

  const std::vector<Message> question = {{"user", "when"}};
  const auto pair = preference(tokenizer, chat().chat_template, question, "\nat noon", "\n\nnoon").value();
  const auto prompt_seen = chat().chat_template.render(question, text::GenerationPrompt::add).value();
  EXPECT_EQ(pair.prompt, tokenize_chat(tokenizer, prompt_seen).value().ids);
  EXPECT_EQ(chat().text(pair.chosen), "\nat noon<|end|>");
  EXPECT_EQ(chat().text(pair.rejected), "\n\nnoon<|end|>");
}

// Pitfall 11: read at a padded position, a score changes with what else is in the batch.
TEST(Pitfalls, N11AScoreDoesNotDependOnTheBatch) {
  Random random(6);
  auto model = reward_model_from(tiny_model(), random);
  std::vector<std::vector<TokenId>> sequences;
  for (std::size_t length : {1U, 30U, 7U, 2U, 19U}) sequences.push_back(random_tokens(random, length));
  const EvaluationOptions packed{.precision = engine::Precision::fp32, .threads = 1};
  EvaluationOptions alone = packed;
  alone.microbatch_tokens = 1;
  const auto together = reward_scores(model, sequences, packed).value();
  const auto one_by_one = reward_scores(model, sequences, alone).value();
  for (std::size_t i = 0; i < sequences.size(); ++i) EXPECT_NEAR(together[i], one_by_one[i], 1e-6);
}

TEST(Collation, RefusesWhatCannotBeLearned) {
  const auto& [tokenizer, chat_template] = chat();
  const std::vector<Message> question = {{"user", "when"}};
  EXPECT_FALSE(demonstration(tokenizer, chat_template, question));
  EXPECT_FALSE(
      demonstration(tokenizer, chat_template, std::vector<Message>{{"user", "when"}, {"assistant", " "}}));
  EXPECT_FALSE(preference(tokenizer, chat_template, question, "", "at noon"));
  EXPECT_FALSE(preference(tokenizer, chat_template, question, "noon", "at noon", {.probability = 1.5F}));
  EXPECT_FALSE(preference(tokenizer, chat_template, question, "noon", "at noon", {.weight = -1.0F}));
  const auto long_answer =
      preference(tokenizer, chat_template, question, "noon", "at noon", {}, {.tokens_max = 4});
  ASSERT_FALSE(long_answer);
  EXPECT_EQ(long_answer.error().kind, ErrorKind::too_large);
}

TEST(Collation, ATemplateThatChangesThePromptOnceAnsweredIsRefused) {
  const auto fickle = text::ChatTemplate::from_source(
                          "{% for m in messages %}{{ m.role }}{{ loop.last }}: {{ m.content }}\n{% endfor %}"
                          "{% if add_generation_prompt %}assistantTrue: {% endif %}",
                          "", "")
                          .value();
  const std::vector<Message> question = {{"user", "when"}};
  const auto refused = preference(chat().tokenizer, fickle, question, "noon", "at noon");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace preceptor::learning
