#include "text/chat_template.hpp"

#include <algorithm>

#include "text/border.hpp"

namespace preceptor::text {

using border::as_text;

namespace {

std::string line_of(std::size_t line) {
  return line == 0 ? "chat template" : "chat template:" + std::to_string(line);
}

}  // namespace

void ChatTemplate::Release::operator()(pt_chat* handle) const { pt_chat_free(handle); }

Result<ChatTemplate> ChatTemplate::from_source(std::string jinja, std::string bos, std::string eos) {
  pt_chat* handle = nullptr;
  border::Bytes error;
  std::size_t line = 0;
  const auto status = pt_chat_load(as_text(jinja), as_text(bos), as_text(eos), &handle, &line, error.out());
  if (status != PT_OK) return tl::unexpected(border::error_of(status, error, line_of(line)));
  return ChatTemplate(handle, std::move(jinja));
}

Result<RenderedChat> ChatTemplate::render(std::span<const Message> messages, GenerationPrompt prompt,
                                          Timestamp now) const {
  std::vector<pt_message> raw;
  raw.reserve(messages.size());
  for (const auto& message : messages) raw.push_back({as_text(message.role), as_text(message.content)});
  std::vector<pt_message_span> spans(messages.size());
  border::Bytes text, error;
  std::size_t line = 0;
  const auto status =
      pt_chat_render(handle_.get(), raw.data(), raw.size(), prompt == GenerationPrompt::add,
                     now.microseconds / 1'000'000, text.out(), spans.data(), &line, error.out());
  if (status != PT_OK) return tl::unexpected(border::error_of(status, error, line_of(line)));
  RenderedChat chat;
  chat.text = text.string();
  for (std::size_t i = 0; i < spans.size(); i++) {
    const auto& s = spans[i];
    const bool by_model = messages[i].role == "assistant";
    chat.messages.push_back({s.turn_begin, s.content_begin, s.content_end, s.turn_end, by_model});
  }
  return chat;
}

namespace {

// What people wrote, in the order of the text.
std::vector<pt_span> contents_of(const RenderedChat& chat) {
  std::vector<pt_span> contents;
  for (const auto& m : chat.messages) {
    if (m.content_begin < m.content_end) contents.push_back({m.content_begin, m.content_end});
  }
  std::ranges::sort(contents, {}, &pt_span::begin);
  return contents;
}

// Where no token may cross: the begin of what the model writes, and the end of every turn.
std::vector<std::size_t> cuts_of(const RenderedChat& chat) {
  std::vector<std::size_t> cuts;
  for (const auto& m : chat.messages) {
    if (m.by_model) cuts.push_back(m.turn_begin);
    cuts.push_back(m.turn_end);
  }
  std::ranges::sort(cuts);
  return cuts;
}

TokenizedChat::Span tokens_of(const MessageSpan& message, const border::Tokens& tokens) {
  const auto first = std::partition_point(tokens.begin(), tokens.end(), [&](const pt_token& token) {
    return token.begin < message.turn_begin && token.end <= message.turn_begin;
  });
  const auto last = std::partition_point(
      first, tokens.end(), [&](const pt_token& token) { return token.begin < message.turn_end; });
  return {static_cast<std::size_t>(first - tokens.begin()), static_cast<std::size_t>(last - tokens.begin())};
}

}  // namespace

Result<TokenizedChat> tokenize_chat(const Tokenizer& tokenizer, const RenderedChat& chat) {
  const auto contents = contents_of(chat);
  const auto cuts = cuts_of(chat);
  border::Tokens tokens;
  border::Bytes error;
  const auto status =
      pt_tokenizer_encode_marked(&tokenizer.handle(), as_text(chat.text), contents.data(), contents.size(),
                                 cuts.data(), cuts.size(), tokens.out(), error.out());
  if (status != PT_OK) return tl::unexpected(border::error_of(status, error));
  TokenizedChat tokenized;
  tokenized.ids.reserve(tokens.size());
  for (const auto& token : tokens) tokenized.ids.push_back(static_cast<TokenId>(token.id));
  for (const auto& message : chat.messages) tokenized.messages.push_back(tokens_of(message, tokens));
  return tokenized;
}

}  // namespace preceptor::text
