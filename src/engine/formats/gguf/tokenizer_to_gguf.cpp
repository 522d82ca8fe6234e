#include "engine/formats/gguf/tokenizer_to_gguf.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/json.hpp"
#include "engine/formats/gguf/text_splitting.hpp"
#include "engine/formats/gguf/token_lists.hpp"

namespace preceptor::engine {
namespace {

using nlohmann::json;

constexpr std::string_view space_sign = "▁";
constexpr float score_of_others = -1e6F;  // of what no merge makes

struct Lists {
  std::vector<std::string> texts;
  std::vector<TokenKind> kinds;
};

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

bool is_byte_token(std::string_view text) {
  return text.size() == 6 && text.starts_with("<0x") && text.ends_with('>');
}

// The text module has read this tokenizer: types and ids are as they should be.
Lists lists_of(const json& tokenizer, const ModelConfig& config, bool sentence_piece) {
  const auto count = static_cast<std::size_t>(config.vocabulary_size);
  Lists lists{.texts = std::vector<std::string>(count),
              .kinds = std::vector<TokenKind>(count, TokenKind::unused)};
  for (std::size_t id = 0; id < count; ++id) lists.texts[id] = "[PAD" + std::to_string(id) + "]";
  for (const auto& [token, id] : tokenizer["model"]["vocab"].items()) {
    lists.texts[id.get<std::size_t>()] = token;
    lists.kinds[id.get<std::size_t>()] =
        sentence_piece && is_byte_token(token) ? TokenKind::byte : TokenKind::normal;
  }
  for (const json& added : tokenizer.value("added_tokens", json::array())) {
    const auto id = added.at("id").get<std::size_t>();
    const bool special = added.value("special", false);
    // Readers look for these in the text as it is written.
    const auto text = added.at("content").get<std::string>();
    lists.texts[id] = special ? text : replaced(text, space_sign, " ");
    lists.kinds[id] = special ? TokenKind::control : TokenKind::user_defined;
  }
  const json unknown = tokenizer["model"].value("unk_token", json());
  if (unknown.is_string()) {
    const auto found = std::ranges::find(lists.texts, unknown.get<std::string>());
    if (found != lists.texts.end()) {
      lists.kinds[static_cast<std::size_t>(found - lists.texts.begin())] = TokenKind::unknown;
    }
  }
  return lists;
}

// "left right" and ["left", "right"] are both written.
std::pair<std::string, std::string> merge_of(const json& merge) {
  if (merge.is_array()) return {merge.at(0).get<std::string>(), merge.at(1).get<std::string>()};
  const auto text = merge.get<std::string>();
  const std::size_t space = text.find(' ', 1);
  return {text.substr(0, space), text.substr(space + 1)};
}

// SentencePiece knows no merges: it joins the two neighbours whose joint token has the highest score. That is
// the same when each token's merges stand together in the list and none of its cuts is missing.
Result<std::vector<float>> scores_of(const json& merges, const Lists& lists) {
  std::unordered_map<std::string_view, std::size_t> ids;
  for (std::size_t id = 0; id < lists.texts.size(); ++id) {
    if (lists.kinds[id] == TokenKind::normal) ids.emplace(lists.texts[id], id);
  }
  std::vector<float> scores(lists.texts.size(), score_of_others);
  std::vector<std::size_t> listed(lists.texts.size(), 0);
  std::size_t last = std::numeric_limits<std::size_t>::max();
  float score = 0;
  for (const json& merge : merges) {
    const auto [left, right] = merge_of(merge);
    const auto made = ids.find(left + right);
    if (made == ids.end())
      return refuse(ErrorKind::unsupported, "a merge makes a token that is not ordinary text");
    const std::size_t id = made->second;
    if (id != last) {
      if (listed[id] > 0) return refuse(ErrorKind::unsupported, "merges that scores cannot express");
      score -= 1;
      last = id;
    }
    scores[id] = score;
    ++listed[id];
  }
  for (std::size_t id = 0; id < lists.texts.size(); ++id) {
    if (lists.kinds[id] != TokenKind::normal) continue;
    const std::string_view text = lists.texts[id];
    std::size_t cuts = 0;
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      if (ids.contains(text.substr(0, cut)) && ids.contains(text.substr(cut))) ++cuts;
    }
    if (cuts != listed[id]) return refuse(ErrorKind::unsupported, "merges that scores cannot express");
  }
  return scores;
}

// Whether spaces become ▁ before merging, as SentencePiece does it; and whether one is put in front.
struct Spaces {
  bool signs = false;
  bool in_front = false;
};
void look_for_spaces(Spaces& spaces, const json& part) {
  if (!part.is_object()) return;
  const std::string type = part.value("type", "");
  for (const char* list : {"normalizers", "pretokenizers"}) {
    for (const json& one : part.value(list, json::array())) look_for_spaces(spaces, one);
  }
  if (type == "Prepend" && part.value("prepend", "") == space_sign) spaces.in_front = true;
  if (type == "Replace" && part.value("content", "") == space_sign) spaces.signs = true;
  if (type == "Metaspace") {
    spaces.signs = true;
    spaces.in_front = part.value("prepend_scheme", "always") != "never";
  }
}

Result<void> add_byte_level(GgufKeys& keys, const json& tokenizer, const std::string& other_splitting,
                            const std::string& tokenizer_json) {
  const json& model = tokenizer["model"];
  const json normalizer = tokenizer.value("normalizer", json());
  auto name = splitting_of(tokenizer.value("pre_tokenizer", json()), model.value("ignore_merges", false));
  const bool plain = normalizer.is_null() || normalizer.value("type", "") == "NFC";
  if (!name || !plain) {
    if (other_splitting.empty()) {
      return refuse(ErrorKind::unsupported,
                    plain ? "this tokenizer splits texts in a way that GGUF has no name for"
                          : "this tokenizer changes texts in a way that GGUF cannot express",
                    "Export a Hugging Face folder, or name the splitting that comes closest: other programs "
                    "then give some texts other ids.");
    }
    if (!text_splitting(other_splitting)) {
      return refuse(ErrorKind::invalid, "'" + other_splitting + "' is no splitting that GGUF names",
                    "gpt-2, smollm, llama-bpe, smaug-bpe, qwen2, tekken and gpt-4o are.");
    }
    name = other_splitting;
    keys.text("tokenizer.huggingface.json", tokenizer_json);
  }
  keys.text("tokenizer.ggml.model", "gpt2");
  keys.text("tokenizer.ggml.pre", *name);
  std::vector<std::string> merges;
  for (const json& merge : model.value("merges", json::array())) {
    const auto [left, right] = merge_of(merge);
    merges.push_back(left + " " + right);
  }
  keys.texts("tokenizer.ggml.merges", merges);
  return {};
}

Result<void> add_sentence_piece(GgufKeys& keys, const json& tokenizer, const Lists& lists, Spaces spaces) {
  const auto scores = scores_of(tokenizer["model"].value("merges", json::array()), lists);
  if (!scores) return tl::unexpected(scores.error());
  keys.text("tokenizer.ggml.model", "llama");
  keys.text("tokenizer.ggml.pre", "default");
  keys.reals("tokenizer.ggml.scores", *scores);
  keys.flag("tokenizer.ggml.add_space_prefix", spaces.in_front);
  return {};
}

void add_ids(GgufKeys& keys, const text::Tokenizer& tokenizer, const ModelFiles& files,
             const ModelConfig& config) {
  const std::vector<text::TokenId> frame = tokenizer.encode("", text::SpecialTokens::add).ids;
  const std::int32_t eos = config.eos_ids.empty() ? -1 : config.eos_ids.front();
  const auto add = [&](const char* key, std::int32_t id) {
    if (id >= 0) keys.whole(key, id);
  };
  add("tokenizer.ggml.bos_token_id", config.bos_id);
  add("tokenizer.ggml.eos_token_id", eos);
  add("tokenizer.ggml.padding_token_id", config.pad_id);
  for (const std::int32_t id : files.generation.stop_ids) {
    if (id == eos) continue;
    add("tokenizer.ggml.eot_token_id", id);
    break;
  }
  keys.flag("tokenizer.ggml.add_bos_token", !frame.empty() && frame.front() == config.bos_id);
  keys.flag("tokenizer.ggml.add_eos_token",
            !frame.empty() && frame.back() == eos && frame.back() != config.bos_id);
}

}  // namespace

Result<void> add_tokenizer(GgufKeys& keys, const ModelFiles& files, const ModelConfig& config,
                           const std::string& other_splitting) {
  const auto tokenizer = text::Tokenizer::from_json(files.tokenizer_json);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  if (tokenizer->vocabulary_size() > config.vocabulary_size) {
    return refuse(ErrorKind::invalid, "the tokenizer has more tokens than the model embeds");
  }
  const json parsed = json::parse(files.tokenizer_json);
  if (parsed["model"].value("type", "BPE") != "BPE") {
    return refuse(ErrorKind::unsupported, "a tokenizer of the kind " + parsed["model"].value("type", ""),
                  "BPE tokenizers can be written into a GGUF file.");
  }
  Spaces spaces;
  look_for_spaces(spaces, parsed.value("normalizer", json()));
  look_for_spaces(spaces, parsed.value("pre_tokenizer", json()));
  const Lists lists = lists_of(parsed, config, spaces.signs);
  auto added = spaces.signs ? add_sentence_piece(keys, parsed, lists, spaces)
                            : add_byte_level(keys, parsed, other_splitting, files.tokenizer_json);
  if (!added) return added;
  std::vector<std::int32_t> kinds;
  for (std::size_t id = 0; id < lists.kinds.size(); ++id) {
    kinds.push_back(static_cast<std::int32_t>(lists.kinds[id]));
    if (lists.kinds[id] == TokenKind::unknown)
      keys.whole("tokenizer.ggml.unknown_token_id", static_cast<std::int64_t>(id));
  }
  keys.texts("tokenizer.ggml.tokens", lists.texts);
  keys.wholes("tokenizer.ggml.token_type", kinds);
  add_ids(keys, *tokenizer, files, config);
  if (!files.chat_template.empty()) keys.text("tokenizer.chat_template", files.chat_template);
  return {};
}

}  // namespace preceptor::engine
