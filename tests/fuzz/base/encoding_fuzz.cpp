// Checks of UTF-8 against each other.
#include "base/encoding.hpp"
#include "driver/input.hpp"

using namespace preceptor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const std::size_t valid = utf8_valid_bytes(text);
  fuzz::require(valid <= size, "no more bytes are valid than there are");
  fuzz::require(valid_utf8(text) == (valid == size), "a text is valid when all of its bytes are");
  fuzz::require(valid_utf8(text.substr(0, valid)), "the bytes before the first wrong one are valid");
  const std::string_view good = text.substr(0, valid);
  for (std::size_t bytes = 0; bytes <= good.size() && bytes < 64; ++bytes) {
    const std::string_view prefix = utf8_prefix(good, bytes);
    fuzz::require(prefix.size() <= bytes && prefix.size() + 4 > bytes,
                  "a prefix drops less than a character");
    fuzz::require(valid_utf8(prefix), "a prefix of valid text is valid");
  }
  (void)utf8_prefix(text, size / 2);
  return 0;
}
