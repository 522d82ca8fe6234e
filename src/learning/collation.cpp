#include "learning/collation.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/format.hpp"

namespace preceptor::learning {
namespace {

using text::GenerationPrompt;
using text::Message;
using text::TokenId;
using text::TokenizedChat;

Result<TokenizedChat> tokenize(const text::Tokenizer& tokenizer, const text::ChatTemplate& chat_template,
                               std::span<const Message> messages, GenerationPrompt prompt) {
  const auto rendered = chat_template.render(messages, prompt);
  if (!rendered) return tl::unexpected(rendered.error());
  return tokenize_chat(tokenizer, *rendered);
}

Result<void> check_length(std::size_t tokens, CollationOptions options) {
  if (options.tokens_max <= 0 || tokens <= static_cast<std::size_t>(options.tokens_max)) return {};
  return refuse(ErrorKind::too_large,
                format("{} tokens, more than the limit of {}", tokens, options.tokens_max));
}

Result<void> check_weight(float weight) {
  if (std::isfinite(weight) && weight >= 0) return {};
  return refuse(ErrorKind::invalid, format("the weight {} is negative or not finite", weight));
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

struct SplitChat {
  std::vector<TokenId> prompt, answer;
};

// The conversation with its answer, parted where the model takes over.
Result<SplitChat> with_answer(const text::Tokenizer& tokenizer, const text::ChatTemplate& chat_template,
                              std::span<const Message> prompt, std::string_view answer,
                              std::string_view which) {
  if (is_blank(answer)) return refuse(ErrorKind::invalid, format("the {} is empty", which));
  std::vector<Message> messages(prompt.begin(), prompt.end());
  messages.push_back({"assistant", std::string(answer)});
  const auto chat = tokenize(tokenizer, chat_template, messages, GenerationPrompt::none);
  if (!chat) return tl::unexpected(chat.error());
  const auto [begin, end] = chat->messages.back();
  if (begin >= end) return refuse(ErrorKind::invalid, format("the chat template leaves out the {}", which));
  const auto at = [&](std::size_t token) { return chat->ids.begin() + static_cast<std::ptrdiff_t>(token); };
  return SplitChat{{at(0), at(begin)}, {at(begin), at(end)}};
}

// What generation would see must be what stands before the answer.
Result<void> check_prompt(const text::Tokenizer& tokenizer, const text::ChatTemplate& chat_template,
                          std::span<const Message> prompt, std::span<const TokenId> ids) {
  const auto seen = tokenize(tokenizer, chat_template, prompt, GenerationPrompt::add);
  if (!seen) return tl::unexpected(seen.error());
  if (std::ranges::equal(seen->ids, ids)) return {};
  return refuse(ErrorKind::unsupported,
                "the chat template renders the prompt differently once an answer follows",
                "use a template whose generation prompt is a prefix of the whole conversation");
}

}  // namespace

Result<TokenExample> demonstration(const text::Tokenizer& tokenizer, const text::ChatTemplate& chat_template,
                                   std::span<const Message> messages, LossOn loss_on, float weight,
                                   CollationOptions options) {
  if (messages.empty() || messages.back().role != "assistant") {
    return refuse(ErrorKind::invalid, "a demonstration ends with an assistant's turn");
  }
  if (auto good = check_weight(weight); !good) return tl::unexpected(good.error());
  auto chat = tokenize(tokenizer, chat_template, messages, GenerationPrompt::none);
  if (!chat) return tl::unexpected(chat.error());
  TokenExample example;
  example.token_weights.assign(chat->ids.size(), 0.0F);
  example.weight = weight;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const bool learned = loss_on == LossOn::every_assistant_turn || i + 1 == messages.size();
    if (messages[i].role != "assistant" || !learned) continue;
    const auto [begin, end] = chat->messages[i];
    if (begin >= end || is_blank(messages[i].content)) {
      return refuse(ErrorKind::invalid, format("the answer in message {} is empty", i + 1));
    }
    for (std::size_t token = std::max<std::size_t>(begin, 1); token < end; ++token) {
      example.token_weights[token] = 1.0F;
    }
  }
  example.tokens = std::move(chat->ids);
  // What the template writes after the last turn is neither learned nor seen by anything learned.
  const std::size_t end = chat->messages.back().end;
  example.tokens.resize(end);
  example.token_weights.resize(end);
  if (auto good = check_length(end, options); !good) return tl::unexpected(good.error());
  return example;
}

Result<PreferenceExample> preference(const text::Tokenizer& tokenizer,
                                     const text::ChatTemplate& chat_template, std::span<const Message> prompt,
                                     std::string_view chosen, std::string_view rejected,
                                     PreferenceLabels labels, CollationOptions options) {
  if (auto good = check_weight(labels.weight); !good) return tl::unexpected(good.error());
  if (!(labels.probability >= 0 && labels.probability <= 1)) {
    return refuse(ErrorKind::invalid, format("the probability {} is outside [0, 1]", labels.probability));
  }
  if (!std::isfinite(labels.margin)) return refuse(ErrorKind::invalid, "the margin is not finite");
  auto first = with_answer(tokenizer, chat_template, prompt, chosen, "chosen answer");
  if (!first) return tl::unexpected(first.error());
  auto second = with_answer(tokenizer, chat_template, prompt, rejected, "rejected answer");
  if (!second) return tl::unexpected(second.error());
  for (const SplitChat* chat : {&*first, &*second}) {
    if (auto good = check_prompt(tokenizer, chat_template, prompt, chat->prompt); !good) {
      return tl::unexpected(good.error());
    }
    if (auto good = check_length(chat->prompt.size() + chat->answer.size(), options); !good) {
      return tl::unexpected(good.error());
    }
  }
  return PreferenceExample{.prompt = std::move(first->prompt),
                           .chosen = std::move(first->answer),
                           .rejected = std::move(second->answer),
                           .probability = labels.probability,
                           .weight = labels.weight,
                           .margin = labels.margin};
}

Result<CompletionExample> completion(const text::Tokenizer& tokenizer,
                                     const text::ChatTemplate& chat_template, std::span<const Message> prompt,
                                     std::string_view answer, CollationOptions options) {
  auto chat = with_answer(tokenizer, chat_template, prompt, answer, "answer");
  if (!chat) return tl::unexpected(chat.error());
  if (auto good = check_prompt(tokenizer, chat_template, prompt, chat->prompt); !good) {
    return tl::unexpected(good.error());
  }
  if (auto good = check_length(chat->prompt.size() + chat->answer.size(), options); !good) {
    return tl::unexpected(good.error());
  }
  return CompletionExample{std::move(chat->prompt), std::move(chat->answer)};
}

std::vector<TokenId> document(const text::Tokenizer& tokenizer, std::string_view text,
                              std::optional<TokenId> bos, std::optional<TokenId> eos) {
  std::vector<TokenId> ids = tokenizer.encode_plain(text).ids;
  if (bos) ids.insert(ids.begin(), *bos);
  if (eos) ids.push_back(*eos);
  return ids;
}

Result<TokenExample> plain_completion(const text::Tokenizer& tokenizer, std::string_view prompt,
                                      std::string_view completion, std::optional<TokenId> bos, TokenId eos,
                                      float weight) {
  if (is_blank(completion)) return refuse(ErrorKind::invalid, "the completion is empty");
  if (auto good = check_weight(weight); !good) return tl::unexpected(good.error());
  TokenExample example;
  example.weight = weight;
  example.tokens = document(tokenizer, prompt, bos, std::nullopt);
  const std::size_t learned_from = std::max<std::size_t>(example.tokens.size(), 1);
  const auto answer = document(tokenizer, completion, std::nullopt, eos);
  example.tokens.insert(example.tokens.end(), answer.begin(), answer.end());
  example.token_weights.assign(example.tokens.size(), 0.0F);
  std::fill(example.token_weights.begin() + static_cast<std::ptrdiff_t>(learned_from),
            example.token_weights.end(), 1.0F);
  return example;
}

}  // namespace preceptor::learning
