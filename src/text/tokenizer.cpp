#include "text/tokenizer.hpp"

#include "base/file.hpp"
#include "text/border.hpp"

namespace preceptor::text {

using border::as_text;

namespace {

constexpr std::size_t file_bytes_max = 128 << 20;

Encoding encoding_of(const border::Tokens& tokens) {
  Encoding encoding;
  encoding.ids.reserve(tokens.size());
  encoding.spans.reserve(tokens.size());
  for (const auto& token : tokens) {
    encoding.ids.push_back(static_cast<TokenId>(token.id));
    encoding.spans.push_back({token.begin, token.end});
  }
  return encoding;
}

}  // namespace

void Tokenizer::Release::operator()(pt_tokenizer* handle) const { pt_tokenizer_free(handle); }

Result<Tokenizer> Tokenizer::from_file(const std::filesystem::path& tokenizer_json) {
  const auto json = read_file(tokenizer_json, file_bytes_max);
  if (!json) return tl::unexpected(json.error());
  auto tokenizer = from_json(*json);
  if (!tokenizer) tokenizer.error().where = tokenizer_json.string();
  return tokenizer;
}

Result<Tokenizer> Tokenizer::from_json(std::string_view json) {
  pt_tokenizer* handle = nullptr;
  border::Bytes error;
  const auto status = pt_tokenizer_load(as_text(json), &handle, error.out());
  if (status != PT_OK) return tl::unexpected(border::error_of(status, error, "tokenizer.json"));
  return Tokenizer(handle);
}

Encoding Tokenizer::encode(std::string_view text, SpecialTokens add) const {
  border::Tokens tokens;
  border::Bytes error;
  const auto status =
      pt_tokenizer_encode(handle_.get(), as_text(text), add == SpecialTokens::add, tokens.out(), error.out());
  if (status != PT_OK) throw Failure(border::error_of(status, error));
  return encoding_of(tokens);
}

Encoding Tokenizer::encode_plain(std::string_view text) const {
  border::Tokens tokens;
  border::Bytes error;
  const pt_span whole{0, text.size()};
  const auto status = pt_tokenizer_encode_marked(handle_.get(), as_text(text), &whole, 1, nullptr, 0,
                                                 tokens.out(), error.out());
  if (status != PT_OK) throw Failure(border::error_of(status, error));
  return encoding_of(tokens);
}

std::string Tokenizer::decode(std::span<const TokenId> ids, Specials specials) const {
  border::Bytes text, error;
  // A negative id becomes one far above any vocabulary: it counts as nothing, like every id that is no token.
  const std::vector<std::uint32_t> raw(ids.begin(), ids.end());
  const auto status = pt_tokenizer_decode(handle_.get(), raw.data(), raw.size(), specials == Specials::skip,
                                          text.out(), error.out());
  if (status != PT_OK) throw Failure(border::error_of(status, error));
  return text.string();
}

std::int32_t Tokenizer::vocabulary_size() const {
  return static_cast<std::int32_t>(pt_tokenizer_vocabulary_size(handle_.get()));
}

std::optional<TokenId> Tokenizer::id_of(std::string_view token) const {
  const auto id = pt_tokenizer_id_of(handle_.get(), as_text(token));
  if (id < 0) return std::nullopt;
  return static_cast<TokenId>(id);
}

std::string Tokenizer::token_of(TokenId id) const {
  border::Bytes token, error;
  const auto status =
      pt_tokenizer_token_of(handle_.get(), static_cast<std::uint32_t>(id), token.out(), error.out());
  if (status != PT_OK) throw Failure(border::error_of(status, error));
  return token.string();
}

bool Tokenizer::is_special(TokenId id) const {
  return pt_tokenizer_is_special(handle_.get(), static_cast<std::uint32_t>(id)) != 0;
}

std::string Tokenizer::to_json() const {
  border::Bytes json, error;
  const auto status = pt_tokenizer_to_json(handle_.get(), json.out(), error.out());
  if (status != PT_OK) throw Failure(border::error_of(status, error));
  return json.string();
}

}  // namespace preceptor::text
