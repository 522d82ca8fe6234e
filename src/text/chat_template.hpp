#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "text/tokenizer.hpp"

struct pt_chat;

namespace preceptor::text {

struct Message {
  std::string role, content;
  bool operator==(const Message&) const = default;
};

// Where a message stands in the rendered text, in bytes. turn_begin <= content_begin <= content_end <=
// turn_end.
//
// content: what the template made of Message::content (trimmed, if it trims). A content that the template
// leaves out has an empty span. turn_begin: for an assistant's message the end of the generation prompt,
// where the model takes over (equal to content_begin unless the template puts something in between, such as a
// space). Else content_begin. turn_end: after the text that closes the turn, the turn-end token, without the
// white space that follows it (unless that is all there is). Equal to content_end when nothing closes it.
struct MessageSpan {
  std::size_t turn_begin = 0, content_begin = 0, content_end = 0, turn_end = 0;
  bool by_model = false;  // its role is "assistant"
  bool operator==(const MessageSpan&) const = default;
};

struct RenderedChat {
  std::string text;
  std::vector<MessageSpan> messages;  // one per message
};

enum class GenerationPrompt { none, add };

// A Hugging Face chat template (Jinja). Rendered like transformers' apply_chat_template without tools. A
// template sees the messages and nothing of the machine; it is stopped after a bounded amount of work, and
// when a value of it becomes too large, too deep, or would hold itself. Thread-safe.
class ChatTemplate {
public:
  // Refuses with invalid when the template does not parse; `where` is its line.
  static Result<ChatTemplate> from_source(std::string jinja, std::string bos, std::string eos);

  // The day that strftime_now shows when none is given: fixed, so that the same messages give the same text.
  static constexpr Timestamp default_day{1'721'952'000'000'000};  // 2024-07-26

  // Refuses with invalid what the template refuses (raise_exception), what it fails on, an endless loop, and
  // a template that so transforms a message that its span cannot be told.
  Result<RenderedChat> render(std::span<const Message> messages, GenerationPrompt prompt,
                              Timestamp now = default_day) const;

  const std::string& source() const { return source_; }

private:
  struct Release {
    void operator()(pt_chat* handle) const;
  };
  ChatTemplate(pt_chat* handle, std::string source) : handle_(handle), source_(std::move(source)) {}
  std::unique_ptr<pt_chat, Release> handle_;
  std::string source_;
};

struct TokenizedChat {
  std::vector<TokenId> ids;
  // Tokens of a message: for an assistant's all that the model writes, from turn_begin to the turn-end token
  // (included); for the others from the first token that holds some of the content to the turn-end token.
  struct Span {
    std::size_t begin = 0, end = 0;
    bool operator==(const Span&) const = default;
  };
  std::vector<Span> messages;
};

// The ids of a rendered chat. Control tokens are read only in what the template wrote, never in what a person
// wrote:
// "<|im_end|>" inside a message is plain text. No token crosses the begin or the end of an assistant's turn
// or the end of any turn, so the ids of a prompt (rendered with GenerationPrompt::add) are a prefix of the
// ids of the same chat with its answer. Nothing is added around the text: BOS is the template's affair, so
// there are never two. Refuses with unsupported when a message cannot be written without a control token.
Result<TokenizedChat> tokenize_chat(const Tokenizer& tokenizer, const RenderedChat& chat);

}  // namespace preceptor::text
