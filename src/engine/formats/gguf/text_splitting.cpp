#include "engine/formats/gguf/text_splitting.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace preceptor::engine {
namespace {

using json = nlohmann::json;

// Of GPT-2's tokenizer, Llama 3's, Qwen 2's, Mistral's "tekken" and GPT-4o's, as their authors published
// them.
constexpr const char* gpt2_words =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr const char* llama3_words =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* qwen2_words =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* tekken_words =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* gpt4o_words =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

// What ggml's readers do with files from before the rule was named.
constexpr std::array<const char*, 4> unnamed_words = {R"([\p{P}\$\+<=>\^~\|]+)", gpt2_words, R"(\p{N}+)",
                                                      "[0-9][0-9][0-9]"};

enum class Rule { gpt2, digits_then_gpt2, llama3, qwen2, tekken, gpt4o, unnamed };

struct Known {
  TextSplitting splitting;
  Rule rule;
};

// Of the names of one rule, the first is the one that is written.
constexpr std::array<Known, 34> known = {{
    {{"gpt-2", false, false}, Rule::gpt2},
    {{"phi-2", false, false}, Rule::gpt2},
    {{"mpt", false, false}, Rule::gpt2},
    {{"olmo", false, false}, Rule::gpt2},
    {{"jais", false, false}, Rule::gpt2},
    {{"gigachat", false, false}, Rule::gpt2},
    {{"a.x-4.0", false, false}, Rule::gpt2},
    {{"mellum", false, false}, Rule::gpt2},
    {{"trillion", false, false}, Rule::gpt2},
    {{"granite-docling", false, false}, Rule::gpt2},
    {{"smollm", false, false}, Rule::digits_then_gpt2},
    {{"starcoder", false, false}, Rule::digits_then_gpt2},
    {{"refact", false, false}, Rule::digits_then_gpt2},
    {{"command-r", false, false}, Rule::digits_then_gpt2},
    {{"codeshell", false, false}, Rule::digits_then_gpt2},
    {{"exaone", false, false}, Rule::digits_then_gpt2},
    {{"minerva-7b", false, false}, Rule::digits_then_gpt2},
    {{"llama-bpe", true, true}, Rule::llama3},
    {{"llama3", true, true}, Rule::llama3},
    {{"llama-v3", true, true}, Rule::llama3},
    {{"falcon3", true, true}, Rule::llama3},
    {{"pixtral", true, true}, Rule::llama3},
    {{"smaug-bpe", false, false}, Rule::llama3},
    {{"dbrx", false, false}, Rule::llama3},
    {{"chatglm-bpe", false, false}, Rule::llama3},
    {{"qwen2", false, false}, Rule::qwen2},
    {{"stablelm2", false, false}, Rule::qwen2},
    {{"deepseek-r1-qwen", false, false}, Rule::qwen2},
    {{"kormo", false, false}, Rule::qwen2},
    {{"hunyuan", false, false}, Rule::qwen2},
    {{"tekken", true, false}, Rule::tekken},
    {{"gpt-4o", false, false}, Rule::gpt4o},
    {{"llama4", false, false}, Rule::gpt4o},
    {{"default", false, false}, Rule::unnamed},
}};

json split(const char* pattern) {
  return {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
}

json byte_level(bool splits) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", splits}};
}

json sequence(std::vector<json> parts) { return {{"type", "Sequence"}, {"pretokenizers", std::move(parts)}}; }

json rule_json(Rule rule) {
  switch (rule) {
    case Rule::gpt2: return byte_level(true);
    case Rule::digits_then_gpt2:
      return sequence({{{"type", "Digits"}, {"individual_digits", true}}, byte_level(true)});
    case Rule::llama3: return sequence({split(llama3_words), byte_level(false)});
    case Rule::qwen2: return sequence({split(qwen2_words), byte_level(false)});
    case Rule::tekken: return sequence({split(tekken_words), byte_level(false)});
    case Rule::gpt4o: return sequence({split(gpt4o_words), byte_level(false)});
    case Rule::unnamed: break;
  }
  std::vector<json> parts;
  for (const char* pattern : unnamed_words) parts.push_back(split(pattern));
  parts.push_back(byte_level(false));
  return sequence(std::move(parts));
}

// What decides how a text is split, step by step; the order of keys, offsets and invisible differences left
// out.
void add_steps(std::vector<nlohmann::json>& steps, const nlohmann::json& part) {
  const std::string type = part.is_object() ? part.value("type", "") : "";
  if (type == "Sequence" && part.contains("pretokenizers") && part["pretokenizers"].is_array()) {
    for (const nlohmann::json& one : part["pretokenizers"]) add_steps(steps, one);
  } else if (type == "ByteLevel") {
    if (part.value("use_regex", true)) steps.push_back({"Split", {{"Regex", gpt2_words}}, true});
    steps.push_back({type, part.value("add_prefix_space", true)});
  } else if (type == "Digits") {
    steps.push_back({type, part.value("individual_digits", false)});
  } else if (type == "Split") {
    // Keeping what matches apart or taking it out alone is one when the pattern matches everything.
    const std::string behavior = part.value("behavior", "");
    const bool apart = behavior == "Isolated" || (behavior == "Removed" && part.value("invert", false));
    steps.push_back({type, part.value("pattern", nlohmann::json()), apart});
  } else {
    steps.push_back(part);
  }
}

std::vector<nlohmann::json> steps_of(const nlohmann::json& pre_tokenizer) {
  std::vector<nlohmann::json> steps;
  add_steps(steps, pre_tokenizer);
  return steps;
}

}  // namespace

std::optional<TextSplitting> text_splitting(std::string_view name) {
  for (const Known& one : known) {
    if (one.splitting.name == name) return one.splitting;
  }
  return std::nullopt;
}

json pre_tokenizer_of(std::string_view name) {
  for (const Known& one : known) {
    if (one.splitting.name == name) return rule_json(one.rule);
  }
  return nullptr;
}

std::optional<std::string_view> splitting_of(const nlohmann::json& pre_tokenizer, bool whole_words) {
  if (!pre_tokenizer.is_object()) return std::nullopt;
  const auto wanted = steps_of(pre_tokenizer);
  for (const Known& one : known) {
    if (one.splitting.whole_words != whole_words) continue;
    if (steps_of(rule_json(one.rule)) == wanted) return one.splitting.name;
  }
  return std::nullopt;
}

}  // namespace preceptor::engine
