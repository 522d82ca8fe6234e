#include "engine/constrained/token_bytes.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json.hpp"

namespace preceptor::engine {
namespace {

using nlohmann::json;

constexpr int tokenizer_depth_max = 64;
constexpr std::string_view word_mark = "\xE2\x96\x81";  // ▁

// GPT-2 writes bytes that are no printable Latin-1 character as the characters from U+0100 on.
const std::map<char32_t, char>& byte_of_character() {
  static const std::map<char32_t, char> table = [] {
    std::map<char32_t, char> made;
    char32_t next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
      made[printable ? byte : next++] = static_cast<char>(byte);
    }
    return made;
  }();
  return table;
}

std::optional<std::string> byte_level(std::string_view token) {
  std::string bytes;
  for (std::size_t i = 0; i < token.size();) {
    const auto lead = static_cast<unsigned char>(token[i]);
    char32_t character = lead;
    std::size_t size = 1;
    if (lead >= 0xC0 && i + 1 < token.size()) {  // all of GPT-2's characters have two bytes at most
      character = (lead & 0x1FU) << 6U | (static_cast<unsigned char>(token[i + 1]) & 0x3FU);
      size = 2;
    }
    const auto found = byte_of_character().find(character);
    if (found == byte_of_character().end() || lead >= 0xE0) return std::nullopt;
    bytes += found->second;
    i += size;
  }
  return bytes;
}

std::string with_spaces(std::string_view token) {
  std::string text(token);
  for (std::size_t at = text.find(word_mark); at != std::string::npos; at = text.find(word_mark, at + 1))
    text.replace(at, word_mark.size(), " ");
  return text;
}

// "<0x0A>"
std::optional<char> byte_token(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>') return std::nullopt;
  int value = 0;
  for (const char digit : token.substr(3, 2)) {
    if (digit >= '0' && digit <= '9')
      value = value * 16 + digit - '0';
    else if (digit >= 'A' && digit <= 'F')
      value = value * 16 + digit - 'A' + 10;
    else
      return std::nullopt;
  }
  return static_cast<char>(value);
}

struct Decoder {
  bool byte_level = false;
  bool byte_fallback = false;
  bool spaces = false;
  bool first_space_dropped = false;
  std::string unknown;  // a step that is not known
};

void read_decoder(const json& decoder, Decoder& into) {
  const std::string type = decoder.is_object() ? decoder.value("type", "") : "";
  if (type == "Sequence") {
    for (const json& step : decoder.value("decoders", json::array())) read_decoder(step, into);
  } else if (type == "ByteLevel") {
    into.byte_level = true;
  } else if (type == "ByteFallback") {
    into.byte_fallback = true;
  } else if (type == "Metaspace") {
    into.spaces = true;
    into.first_space_dropped = decoder.value("prepend_scheme", "always") != "never";
  } else if (type == "Replace" && decoder.value("content", "") == " ") {
    into.spaces = true;
  } else if (type == "Strip") {
    into.first_space_dropped = decoder.value("start", 0) > 0;
  } else if (type != "Fuse") {
    into.unknown = type.empty() ? "none" : type;
  }
}

}  // namespace

Result<TokenBytes> token_bytes(const text::Tokenizer& tokenizer) {
  const auto file = parse_json(tokenizer.to_json(), {.depth_max = tokenizer_depth_max});
  if (!file) return tl::unexpected(file.error());
  Decoder decoder;
  read_decoder(file->value("decoder", json()), decoder);
  if (!decoder.unknown.empty() || decoder.byte_level == decoder.spaces) {
    return refuse(ErrorKind::unsupported,
                  "the bytes of the tokens cannot be told: the tokenizer's decoder is " +
                      (decoder.unknown.empty() ? "mixed" : decoder.unknown));
  }
  TokenBytes result;
  result.first_space_dropped = decoder.first_space_dropped;
  result.bytes.resize(static_cast<std::size_t>(tokenizer.vocabulary_size()));
  for (text::TokenId id = 0; id < tokenizer.vocabulary_size(); ++id) {
    if (tokenizer.is_special(id)) continue;
    std::string& bytes = result.bytes[static_cast<std::size_t>(id)];
    const std::string token = tokenizer.token_of(id);
    if (decoder.byte_level) {
      // Added tokens are written as they stand.
      bytes = byte_level(token).value_or(token);
    } else if (const auto byte = decoder.byte_fallback ? byte_token(token) : std::nullopt) {
      bytes = std::string(1, *byte);
    } else {
      bytes = with_spaces(token);
    }
  }
  return result;
}

}  // namespace preceptor::engine
