#include "engine/formats/gguf/token_lists.hpp"

#include <cmath>
#include <unordered_set>

#include "base/encoding.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t token_max = std::size_t{1} << 21U;

Result<void> read_texts(TokenLists& lists, const GgufFile& file) {
  const std::string where = file.path().string();
  const GgufValue* texts = file.find("tokenizer.ggml.tokens");
  if (texts == nullptr || texts->texts().empty()) {
    return refuse(ErrorKind::invalid, "'tokenizer.ggml.tokens' is missing",
                  "A file without a tokenizer is no model that can be used.", where);
  }
  lists.texts.assign(texts->texts().begin(), texts->texts().end());
  if (lists.texts.size() > token_max) {
    return refuse(ErrorKind::too_large, std::to_string(lists.texts.size()) + " tokens", "", where);
  }
  std::unordered_set<std::string_view> seen;
  for (std::size_t id = 0; id < lists.texts.size(); ++id) {
    const std::string_view text = lists.texts[id];
    if (!valid_utf8(text)) {
      return refuse(ErrorKind::corrupt, "token " + std::to_string(id) + " is not valid UTF-8", "", where);
    }
    if (!seen.insert(text).second) {
      return refuse(ErrorKind::corrupt,
                    "token " + std::to_string(id) + " ('" + std::string(utf8_prefix(text, 60)) +
                        "') stands in the vocabulary twice",
                    "", where);
    }
  }
  return {};
}

Result<void> read_kinds(TokenLists& lists, const GgufFile& file) {
  lists.kinds.assign(lists.texts.size(), TokenKind::normal);
  const GgufValue* kinds = file.find("tokenizer.ggml.token_type");
  if (kinds == nullptr) return {};
  const std::string where = file.path().string();
  if (!kinds->is_array() || kinds->size() != lists.texts.size()) {
    return refuse(ErrorKind::corrupt, "'tokenizer.ggml.token_type' does not hold one kind per token", "",
                  where);
  }
  for (std::size_t id = 0; id < lists.kinds.size(); ++id) {
    const auto kind = kinds->whole_at(id);
    if (!kind || *kind < 1 || *kind > 6) {
      return refuse(ErrorKind::corrupt, "the kind of token " + std::to_string(id) + " is none of 1 to 6", "",
                    where);
    }
    lists.kinds[id] = static_cast<TokenKind>(*kind);
  }
  return {};
}

Result<void> read_scores(TokenLists& lists, const GgufFile& file) {
  const GgufValue* scores = file.find("tokenizer.ggml.scores");
  if (scores == nullptr) return {};
  const std::string where = file.path().string();
  if (!scores->is_array() || scores->size() != lists.texts.size()) {
    return refuse(ErrorKind::corrupt, "'tokenizer.ggml.scores' does not hold one score per token", "", where);
  }
  for (std::size_t id = 0; id < lists.texts.size(); ++id) {
    const auto score = scores->number_at(id);
    if (!score || !std::isfinite(*score)) {
      return refuse(ErrorKind::corrupt, "the score of token " + std::to_string(id) + " is not finite", "",
                    where);
    }
    lists.scores.push_back(static_cast<float>(*score));
  }
  return {};
}

Result<void> read_merges(TokenLists& lists, const GgufFile& file) {
  const GgufValue* merges = file.find("tokenizer.ggml.merges");
  if (merges == nullptr) return {};
  lists.merges.assign(merges->texts().begin(), merges->texts().end());
  for (std::size_t index = 0; index < lists.merges.size(); ++index) {
    const std::string_view merge = lists.merges[index];
    const std::size_t space = merge.find(' ', 1);
    if (!valid_utf8(merge) || space == std::string_view::npos || space + 1 == merge.size()) {
      return refuse(ErrorKind::corrupt, "merge " + std::to_string(index) + " is not two pieces of text", "",
                    file.path().string());
    }
  }
  return {};
}

}  // namespace

Result<TokenLists> read_token_lists(const GgufFile& file) {
  TokenLists lists;
  for (const auto read : {read_texts, read_kinds, read_scores, read_merges}) {
    if (auto done = read(lists, file); !done) return tl::unexpected(done.error());
  }
  return lists;
}

}  // namespace preceptor::engine
