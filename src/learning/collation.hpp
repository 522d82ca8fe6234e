#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "learning/examples.hpp"
#include "text/chat_template.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::learning {

// From conversations to token ids with weights. Where a loss falls comes from the spans that rendering keeps,
// never from searching for a marker; the turn-end token that the template writes is part of what is learned.
// Special tokens come from the template alone, so that no second begin-of-sequence is added.

enum class LossOn { last_assistant_turn, every_assistant_turn };

struct CollationOptions {
  std::int32_t tokens_max = 0;  // longer examples are refused (too_large); 0: no limit
};

// Refuses conversations that do not end with an assistant turn, or whose answers are empty.
Result<TokenExample> demonstration(const text::Tokenizer& tokenizer, const text::ChatTemplate& chat_template,
                                   std::span<const text::Message> messages,
                                   LossOn loss_on = LossOn::last_assistant_turn, float weight = 1.0F,
                                   CollationOptions options = {});

// The prompt ids are the ones generation would see (rendered with the generation prompt); each answer is
// tokenized as the assistant turn that follows. Refuses empty answers, a probability outside [0, 1], and a
// template that renders the prompt differently once an answer follows.
struct PreferenceLabels {
  float probability = 1.0F;
  float weight = 1.0F;
  float margin = 0.0F;
};
Result<PreferenceExample> preference(const text::Tokenizer& tokenizer,
                                     const text::ChatTemplate& chat_template,
                                     std::span<const text::Message> prompt, std::string_view chosen,
                                     std::string_view rejected, PreferenceLabels labels = {},
                                     CollationOptions options = {});

Result<CompletionExample> completion(const text::Tokenizer& tokenizer,
                                     const text::ChatTemplate& chat_template,
                                     std::span<const text::Message> prompt, std::string_view answer,
                                     CollationOptions options = {});

// Raw text for pre-training; control tokens in it are plain characters: begin-of-sequence when bos is given,
// the text, end-of-sequence when eos is given.
std::vector<text::TokenId> document(const text::Tokenizer& tokenizer, std::string_view text,
                                    std::optional<text::TokenId> bos, std::optional<text::TokenId> eos);

// Prompt and completion without a chat template: tokenized apart, so that no merge crosses the border, and
// closed by eos. Loss on the completion and its eos only.
Result<TokenExample> plain_completion(const text::Tokenizer& tokenizer, std::string_view prompt,
                                      std::string_view completion, std::optional<text::TokenId> bos,
                                      text::TokenId eos, float weight = 1.0F);

}  // namespace preceptor::learning
