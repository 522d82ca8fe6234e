// A stranger's tokenizer.json: "tokenizer.json, zero byte, text". What is accepted encodes and decodes
// without breaking down, and every id and span lies where it may.
#include "base/encoding.hpp"
#include "base/result.hpp"
#include "driver/input.hpp"
#include "text/tokenizer.hpp"

using namespace preceptor;

namespace {

void check(const text::Tokenizer& tokenizer, const text::Encoding& encoding, std::string_view text) {
  fuzz::require(encoding.ids.size() == encoding.spans.size(), "each token has a span");
  for (const text::TokenId id : encoding.ids) {
    fuzz::require(id >= 0 && id < tokenizer.vocabulary_size(), "each id lies in the vocabulary");
  }
  for (const text::TokenSpan& span : encoding.spans) {
    fuzz::require(span.text_begin <= span.text_end && span.text_end <= text.size(),
                  "each span lies in the text");
  }
  fuzz::require(valid_utf8(tokenizer.decode(encoding.ids, text::Specials::keep)), "decoded text is UTF-8");
}

// Throws Failure when the model has no way to write the text.
template <class Work>
void allowing_refusal(Work work) {
  try {
    work();
  } catch (const Failure& failure) {
    fuzz::require(failure.error.message.find("broke down") == std::string::npos, failure.error.message);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace std::string_view_literals;
  std::string_view rest = fuzz::as_text(data, size);
  const std::string_view json = fuzz::take_until(rest, "\0"sv);
  const auto tokenizer = text::Tokenizer::from_json(json);
  if (!tokenizer) return 0;
  const std::string_view given = rest.substr(0, std::min<std::size_t>(utf8_valid_bytes(rest), 500));
  const std::string_view chosen = utf8_prefix(given, given.size());
  for (const std::string_view text : {chosen, "Hello <s> wörld 12"sv, ""sv}) {
    allowing_refusal([&] { check(*tokenizer, tokenizer->encode(text, text::SpecialTokens::add), text); });
    allowing_refusal([&] { check(*tokenizer, tokenizer->encode_plain(text), text); });
    allowing_refusal([&] {
      text::StreamDecoder stream(*tokenizer);
      std::string shown;
      for (const text::TokenId id : tokenizer->encode(text, text::SpecialTokens::none).ids) {
        shown += stream.push(id);
      }
      fuzz::require(valid_utf8(shown + stream.finish()), "streamed text is UTF-8");
    });
  }
  for (const text::TokenId id : {-1, 0, 1, tokenizer->vocabulary_size(), 2'147'483'647}) {
    (void)tokenizer->token_of(id);
    (void)tokenizer->is_special(id);
    allowing_refusal([&] { (void)tokenizer->decode({&id, 1}, text::Specials::skip); });
  }
  return 0;
}
