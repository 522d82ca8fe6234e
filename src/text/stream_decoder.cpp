#include <string_view>

#include "text/tokenizer.hpp"

namespace preceptor::text {

namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

}  // namespace

// A token's text depends on its neighbours (a space in front, bytes of one character), so the window is
// decoded with and without the new tokens, and the difference is shown.
std::string StreamDecoder::push(TokenId id) {
  if (tokenizer_->is_special(id)) return {};
  window_.push_back(id);
  const auto shown = tokenizer_->decode(std::span(window_).first(shown_), Specials::skip);
  auto text = tokenizer_->decode(window_, Specials::skip);
  if (text.size() <= shown.size() || text.ends_with(replacement_character)) return {};
  window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(shown_));
  shown_ = window_.size();
  return text.substr(shown.size());
}

std::string StreamDecoder::finish() {
  const auto shown = tokenizer_->decode(std::span(window_).first(shown_), Specials::skip);
  const auto text = tokenizer_->decode(window_, Specials::skip);
  window_.clear();
  shown_ = 0;
  return text.size() > shown.size() ? text.substr(shown.size()) : std::string();
}

}  // namespace preceptor::text
