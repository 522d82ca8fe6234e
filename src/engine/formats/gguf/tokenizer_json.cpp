#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <unordered_map>

#include "engine/formats/gguf/text_splitting.hpp"
#include "engine/formats/gguf/token_lists.hpp"

namespace preceptor::engine {
namespace {

using json = nlohmann::json;

constexpr const char* space_sign = "▁";
constexpr std::size_t byte_token_count = 256;

json added_tokens(const TokenLists& lists) {
  json added = json::array();
  for (std::size_t id = 0; id < lists.texts.size(); ++id) {
    const TokenKind kind = lists.kinds[id];
    const bool special = kind == TokenKind::control || kind == TokenKind::unknown;
    if ((!special && kind != TokenKind::user_defined) || lists.texts[id].empty()) continue;
    added.push_back({{"id", id},
                     {"content", lists.texts[id]},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", special}});
  }
  return added;
}

json vocabulary(const TokenLists& lists) {
  json ids = json::object();
  for (std::size_t id = 0; id < lists.texts.size(); ++id) ids[std::string(lists.texts[id])] = id;
  return ids;
}

json post_processor(const TokenLists& lists, const TextFrame& frame) {
  if (frame.bos_id < 0 && frame.eos_id < 0) return nullptr;
  json single = json::array();
  json pair = json::array();
  json special = json::object();
  const auto token = [&](std::int32_t id, int type) {
    const std::string text(lists.texts[static_cast<std::size_t>(id)]);
    special[text] = {{"id", text}, {"ids", {id}}, {"tokens", {text}}};
    return json{{"SpecialToken", {{"id", text}, {"type_id", type}}}};
  };
  const auto sequence = [](const char* name, int type) {
    return json{{"Sequence", {{"id", name}, {"type_id", type}}}};
  };
  for (const auto& [name, type] : {std::pair{"A", 0}, std::pair{"B", 1}}) {
    if (frame.bos_id >= 0) pair.push_back(token(frame.bos_id, type));
    pair.push_back(sequence(name, type));
    if (frame.eos_id >= 0) pair.push_back(token(frame.eos_id, type));
    if (type == 0) single = pair;
  }
  return {{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", special}};
}

json bpe(const TokenLists& lists, json merges) {
  return {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", nullptr},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", false},
          {"byte_fallback", false},
          {"ignore_merges", false},
          {"vocab", vocabulary(lists)},
          {"merges", std::move(merges)}};
}

json replace(const char* what, const char* with) {
  return {{"type", "Replace"}, {"pattern", {{"String", what}}}, {"content", with}};
}

// What scores say: of all pairs of neighbours that make a token, the one that makes the token with the
// highest score is merged first. Every way to cut a token in two is such a pair.
json merges_by_score(const TokenLists& lists) {
  std::unordered_map<std::string_view, std::size_t> ids;
  for (std::size_t id = 0; id < lists.texts.size(); ++id) {
    if (lists.kinds[id] == TokenKind::normal) ids.emplace(lists.texts[id], id);
  }
  struct Merge {
    float score;
    std::size_t left, right;
  };
  std::vector<Merge> merges;
  for (std::size_t id = 0; id < lists.texts.size(); ++id) {
    if (lists.kinds[id] != TokenKind::normal) continue;
    const std::string_view text = lists.texts[id];
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      if ((static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) continue;  // inside a character
      const auto left = ids.find(text.substr(0, cut));
      if (left == ids.end()) continue;
      const auto right = ids.find(text.substr(cut));
      if (right != ids.end()) merges.push_back({lists.scores[id], left->second, right->second});
    }
  }
  // Of cuts of one token the longer left part goes first, as transformers orders them.
  std::ranges::stable_sort(merges, [&](const Merge& one, const Merge& other) {
    return std::tuple(one.score, lists.texts[one.left].size()) >
           std::tuple(other.score, lists.texts[other.left].size());
  });
  json pairs = json::array();
  for (const Merge& merge : merges) pairs.push_back({lists.texts[merge.left], lists.texts[merge.right]});
  return pairs;
}

bool has_all_bytes(const TokenLists& lists) {
  return static_cast<std::size_t>(std::ranges::count(lists.kinds, TokenKind::byte)) == byte_token_count;
}

}  // namespace

json byte_level_tokenizer(const TokenLists& lists, std::string_view splitting, const TextFrame& frame) {
  json merges = json::array();
  for (const std::string_view merge : lists.merges) {
    const std::size_t space = merge.find(' ', 1);
    merges.push_back({merge.substr(0, space), merge.substr(space + 1)});
  }
  json model = bpe(lists, std::move(merges));
  model["ignore_merges"] = text_splitting(splitting)->whole_words;
  const json byte_level = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", false}, {"use_regex", false}};
  json around = post_processor(lists, frame);
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", added_tokens(lists)},
          {"normalizer", nullptr},
          {"pre_tokenizer", pre_tokenizer_of(splitting)},
          {"post_processor", around.is_null() ? byte_level : std::move(around)},
          {"decoder", byte_level},
          {"model", std::move(model)}};
}

json sentence_piece_tokenizer(const TokenLists& lists, bool space_in_front, std::int32_t unknown_id,
                              const TextFrame& frame) {
  json normalizers = json::array({replace(" ", space_sign)});
  json decoders = json::array({replace(space_sign, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}});
  if (space_in_front) {
    normalizers.insert(normalizers.begin(), json{{"type", "Prepend"}, {"prepend", space_sign}});
    decoders.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  }
  json model = bpe(lists, merges_by_score(lists));
  model["byte_fallback"] = has_all_bytes(lists);
  if (unknown_id >= 0) {
    model["unk_token"] = lists.texts[static_cast<std::size_t>(unknown_id)];
    model["fuse_unk"] = true;
  }
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", added_tokens(lists)},
          {"normalizer", {{"type", "Sequence"}, {"normalizers", std::move(normalizers)}}},
          {"pre_tokenizer", nullptr},
          {"post_processor", post_processor(lists, frame)},
          {"decoder", {{"type", "Sequence"}, {"decoders", std::move(decoders)}}},
          {"model", std::move(model)}};
}

}  // namespace preceptor::engine
