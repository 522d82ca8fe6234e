#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "text/rust/preceptor_text.h"

// The C++ side of the border to Rust: texts in, owned buffers and errors out. For the sources of this module.
namespace preceptor::text::border {

inline pt_text as_text(std::string_view text) { return {text.data(), text.size()}; }

class Bytes {
public:
  Bytes() = default;
  ~Bytes() { pt_bytes_free(bytes_); }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  pt_bytes* out() { return &bytes_; }
  std::string_view view() const { return {bytes_.data, bytes_.size}; }
  std::string string() const { return bytes_.size == 0 ? std::string() : std::string(view()); }

private:
  pt_bytes bytes_{nullptr, 0, 0};
};

class Tokens {
public:
  Tokens() = default;
  ~Tokens() { pt_tokens_free(tokens_); }
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  pt_tokens* out() { return &tokens_; }
  const pt_token* begin() const { return tokens_.data; }
  const pt_token* end() const { return tokens_.data + tokens_.size; }
  std::size_t size() const { return tokens_.size; }

private:
  pt_tokens tokens_{nullptr, 0, 0};
};

Error error_of(pt_status status, const Bytes& message, std::string where = {});

}  // namespace preceptor::text::border
