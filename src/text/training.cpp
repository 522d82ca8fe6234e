#include "text/training.hpp"

#include "text/border.hpp"

namespace preceptor::text {

using border::as_text;

namespace {

std::vector<pt_text> as_texts(std::span<const std::string> strings) {
  std::vector<pt_text> texts;
  texts.reserve(strings.size());
  for (const auto& string : strings) texts.push_back(as_text(string));
  return texts;
}

}  // namespace

Result<Tokenizer> train_bpe(std::span<const std::string> texts, const BpeOptions& options) {
  if (options.vocabulary_size < 0 || options.pair_count_min < 1) {
    return refuse(ErrorKind::invalid,
                  "a tokenizer needs a vocabulary size above 0 and pairs seen at least once");
  }
  const auto raw_texts = as_texts(texts);
  const auto specials = as_texts(options.special_tokens);
  const pt_bpe_options raw_options{static_cast<std::uint32_t>(options.vocabulary_size),
                                   static_cast<std::uint32_t>(options.pair_count_min),
                                   options.number_tokens_0_99, specials.data(), specials.size()};
  border::Bytes json, error;
  const auto status = pt_train_bpe(raw_texts.data(), raw_texts.size(), &raw_options, json.out(), error.out());
  if (status != PT_OK) return tl::unexpected(border::error_of(status, error));
  return Tokenizer::from_json(json.view());
}

}  // namespace preceptor::text
