// A stranger's chat template: "template, zero byte, role: content, zero byte, role: content, …". It ends,
// stays small, and its spans lie where they may.
#include "base/encoding.hpp"
#include "driver/input.hpp"
#include "text/chat_template.hpp"
#include "text/training.hpp"

using namespace preceptor;
using namespace std::string_view_literals;

namespace {

const text::Tokenizer& tokenizer() {
  static const text::Tokenizer trained = [] {
    const std::vector<std::string> texts = {"the sky is blue", "the sea is blue too"};
    return text::train_bpe(texts, {.vocabulary_size = 280, .special_tokens = {"<|im_start|>", "<|im_end|>"}})
        .value();
  }();
  return trained;
}

std::vector<text::Message> messages_in(std::string_view rest) {
  std::vector<text::Message> messages;
  while (!rest.empty() && messages.size() < 8) {
    std::string_view content = fuzz::take_until(rest, "\0"sv);
    const std::string_view role = fuzz::take_until(content, ": ");
    messages.push_back({std::string(role), std::string(content)});
  }
  if (messages.empty()) messages = {{"user", "Why is the sky blue?"}, {"assistant", "It scatters light."}};
  return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::as_text(data, size);
  const std::string source(fuzz::take_until(rest, "\0"sv));
  const auto chat_template = text::ChatTemplate::from_source(source, "<s>", "</s>");
  if (!chat_template) return 0;
  const auto messages = messages_in(rest);
  for (const auto prompt : {text::GenerationPrompt::none, text::GenerationPrompt::add}) {
    const auto chat = chat_template->render(messages, prompt);
    if (!chat) {
      fuzz::require(chat.error().kind != ErrorKind::internal, chat.error().message);
      continue;
    }
    fuzz::require(valid_utf8(chat->text), "a rendered chat is UTF-8");
    fuzz::require(chat->messages.size() == messages.size(), "each message has a span");
    for (const text::MessageSpan& span : chat->messages) {
      fuzz::require(span.turn_begin <= span.content_begin && span.content_begin <= span.content_end &&
                        span.content_end <= span.turn_end && span.turn_end <= chat->text.size(),
                    "the spans of a message are in order and in the text");
    }
    const auto tokens = text::tokenize_chat(tokenizer(), *chat);
    if (!tokens) continue;
    for (const auto& span : tokens->messages) {
      fuzz::require(span.begin <= span.end && span.end <= tokens->ids.size(), "token spans lie in the ids");
    }
  }
  return 0;
}
