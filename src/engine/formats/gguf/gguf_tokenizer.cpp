#include "engine/formats/gguf/gguf_tokenizer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "engine/formats/gguf/gguf_fields.hpp"
#include "engine/formats/gguf/text_splitting.hpp"
#include "engine/formats/gguf/token_lists.hpp"

namespace preceptor::engine {
namespace {

// Control tokens that end a turn in the templates of the families; files name only one of them as the end.
constexpr std::array<std::string_view, 7> turn_ends = {
    "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "</s>"};

// Gemma's turns, for files of tuned models of that family that carry no template.
constexpr const char* gemma_template =
    "{{ bos_token }}{% for message in messages %}"
    "{{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else message['role']) + '\\n' }}"
    "{{ message['content'] | trim }}{{ '<end_of_turn>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}";

// A base model never saw the tokens of turns: its embeddings of them are noise, and so is what it writes
// after them. Plain text it goes on with.
constexpr const char* base_template =
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}{{ 'Answer: ' + (message['content'] | trim) + eos_token + '\\n' "
    "}}"
    "{% elif message['role'] == 'user' %}{{ 'Question: ' + (message['content'] | trim) + '\\n' }}"
    "{% else %}{{ (message['content'] | trim) + '\\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Answer:' }}{% endif %}";

// What Google's generation_config.json gives for every model of the family; GGUF files leave it out.
constexpr std::int32_t gemma_top_k = 64;
constexpr float gemma_top_p = 0.95F;

struct Ids {
  std::int32_t bos, eos, unknown, pad;
};

std::int32_t id_of(GgufFields& fields, const char* key, std::size_t token_count) {
  const std::int32_t id = fields.whole_or(key, -1);
  if (id < -1 || id >= static_cast<std::int64_t>(token_count)) {
    fields.refuse_key(ErrorKind::invalid, std::string("'") + key + "' is " + std::to_string(id) +
                                              ", outside the vocabulary of " + std::to_string(token_count));
    return -1;
  }
  return id;
}

std::int32_t id_of(const TokenLists& lists, std::string_view text) {
  const auto found = std::ranges::find(lists.texts, text);
  return found == lists.texts.end() ? -1 : static_cast<std::int32_t>(found - lists.texts.begin());
}

std::string text_of(const TokenLists& lists, std::int32_t id) {
  return id < 0 ? std::string() : std::string(lists.texts[static_cast<std::size_t>(id)]);
}

nlohmann::json build(GgufFields& fields, const TokenLists& lists, const Ids& ids) {
  const std::string kind = fields.text_or("tokenizer.ggml.model", "");
  const auto frame = [&](bool begins_with_bos) {
    TextFrame frame;
    if (fields.flag_or("tokenizer.ggml.add_bos_token", begins_with_bos)) frame.bos_id = ids.bos;
    if (fields.flag_or("tokenizer.ggml.add_eos_token", false)) frame.eos_id = ids.eos;
    return frame;
  };
  if (kind == "gpt2") {
    const std::string name = fields.text_or("tokenizer.ggml.pre", "default");
    const auto splitting = text_splitting(name);
    if (!splitting) {
      fields.refuse_key(ErrorKind::unsupported, "a tokenizer that splits texts as '" + name + "'");
      return {};
    }
    return byte_level_tokenizer(lists, name, frame(splitting->begins_with_bos));
  }
  if (kind != "llama") {
    fields.refuse_key(ErrorKind::unsupported, "a tokenizer of the kind '" + kind + "'",
                      "'gpt2' (byte-level BPE) and 'llama' (SentencePiece) can be read.");
    return {};
  }
  if (lists.scores.empty()) {
    fields.refuse_key(ErrorKind::invalid, "'tokenizer.ggml.scores' is missing");
    return {};
  }
  if (fields.flag_or("tokenizer.ggml.remove_extra_whitespaces", false)) {
    fields.refuse_key(ErrorKind::unsupported, "a tokenizer that removes spaces");
  }
  return sentence_piece_tokenizer(lists, fields.flag_or("tokenizer.ggml.add_space_prefix", true), ids.unknown,
                                  frame(true));
}

void add_stop(std::vector<std::int32_t>& stops, std::int32_t id) {
  if (id >= 0 && std::ranges::find(stops, id) == stops.end()) stops.push_back(id);
}

GenerationDefaults generation_of(GgufFields& fields, const TokenLists& lists, const Ids& ids) {
  GenerationDefaults defaults;
  defaults.bos_id = ids.bos;
  defaults.pad_id = ids.pad;
  add_stop(defaults.stop_ids, ids.eos);
  for (const char* key : {"tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"}) {
    add_stop(defaults.stop_ids, id_of(fields, key, lists.texts.size()));
  }
  for (const std::string_view text : turn_ends) {
    const std::int32_t id = id_of(lists, text);
    if (id >= 0 && lists.kinds[static_cast<std::size_t>(id)] == TokenKind::control) {
      add_stop(defaults.stop_ids, id);
    }
  }
  const bool gemma = fields.architecture().starts_with("gemma");
  defaults.temperature = std::max(fields.number_or("general.sampling.temp", 1.0F), 0.0F);
  defaults.top_k = std::max(fields.whole_or("general.sampling.top_k", gemma ? gemma_top_k : 0), 0);
  const float top_p = fields.number_or("general.sampling.top_p", gemma ? gemma_top_p : 1.0F);
  defaults.top_p = top_p > 0 && top_p <= 1 ? top_p : 1.0F;
  return defaults;
}

// Converters note what a model was tuned for, or it stands in the name: "Gemma 3 270m It".
bool is_tuned(GgufFields& fields) {
  if (!fields.text_or("general.finetune", "").empty()) return true;
  std::string name = fields.text_or("general.name", "");
  std::ranges::transform(name, name.begin(), [](unsigned char sign) {
    return std::isalnum(sign) != 0 ? static_cast<char>(std::tolower(sign)) : ' ';
  });
  const std::string words = " " + name + " ";
  return std::ranges::any_of(std::array{" it ", " instruct ", " chat "},
                             [&](const char* word) { return words.find(word) != std::string::npos; });
}

std::string template_of(GgufFields& fields, const TokenLists& lists) {
  const std::string source = fields.text_or("tokenizer.chat_template", "");
  if (!source.empty() || !fields.architecture().starts_with("gemma")) return source;
  const bool has_turns = id_of(lists, "<start_of_turn>") >= 0 && id_of(lists, "<end_of_turn>") >= 0;
  return has_turns && is_tuned(fields) ? gemma_template : base_template;
}

}  // namespace

Result<GgufTokenizer> tokenizer_from_gguf(const GgufFile& file) {
  const auto lists = read_token_lists(file);
  if (!lists) return tl::unexpected(lists.error());
  GgufFields fields(file);
  const std::size_t count = lists->texts.size();
  // Files from before these ids were named have those of SentencePiece.
  const bool sentence_piece = fields.text_or("tokenizer.ggml.model", "") == "llama";
  Ids ids{.bos = id_of(fields, "tokenizer.ggml.bos_token_id", count),
          .eos = id_of(fields, "tokenizer.ggml.eos_token_id", count),
          .unknown = id_of(fields, "tokenizer.ggml.unknown_token_id", count),
          .pad = id_of(fields, "tokenizer.ggml.padding_token_id", count)};
  if (sentence_piece && count > 2) {
    if (ids.unknown < 0) ids.unknown = 0;
    if (ids.bos < 0) ids.bos = 1;
    if (ids.eos < 0) ids.eos = 2;
  }

  GgufTokenizer result;
  result.files.tokenizer_json = fields.text_or("tokenizer.huggingface.json", "");
  if (result.files.tokenizer_json.empty()) {
    const nlohmann::json built = build(fields, *lists, ids);
    if (fields.problem()) return tl::unexpected(*fields.problem());
    result.files.tokenizer_json = built.dump();
  }
  result.files.chat_template = template_of(fields, *lists);
  result.files.bos_token = text_of(*lists, ids.bos);
  result.files.eos_token = text_of(*lists, ids.eos);
  result.files.pad_token = text_of(*lists, ids.pad);
  result.files.generation = generation_of(fields, *lists, ids);
  result.token_count = static_cast<std::int32_t>(count);
  result.bos_id = ids.bos;
  result.eos_id = ids.eos;
  result.pad_id = ids.pad;
  if (fields.problem()) return tl::unexpected(*fields.problem());
  return result;
}

}  // namespace preceptor::engine
