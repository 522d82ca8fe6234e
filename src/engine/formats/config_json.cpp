#include "engine/formats/config_json.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "engine/formats/json_fields.hpp"

namespace preceptor::engine {
namespace {

using nlohmann::json;

constexpr std::string_view causal = "LlamaForCausalLM";
constexpr std::string_view classification = "LlamaForSequenceClassification";
constexpr std::int32_t labels_without_a_statement = 2;  // transformers' default

// 1e-5F as a double prints as 9.99999974e-06; other readers should see the number that was meant.
double shortest(float value) {
  char digits[32];
  const auto written = std::to_chars(digits, digits + sizeof digits, value);
  double result = value;
  std::from_chars(digits, written.ptr, result);
  return result;
}

std::string architecture_of(JsonFields& fields) {
  const std::string model_type = fields.text_or("model_type", "");
  const json* architectures = fields.find("architectures");
  if (architectures == nullptr || !architectures->is_array() || architectures->size() != 1 ||
      !architectures->front().is_string()) {
    fields.refuse_field(ErrorKind::invalid, "'architectures' does not name one architecture");
    return {};
  }
  auto name = architectures->front().get<std::string>();
  if (model_type != "llama" || (name != causal && name != classification)) {
    fields.refuse_field(ErrorKind::unsupported,
                        "architecture '" + name + "' (model type '" + model_type + "')",
                        "LlamaForCausalLM and LlamaForSequenceClassification can be read.");
  }
  return name;
}

// Only the plain rotary embedding: any scaling changes every number the model computes.
float rope_theta_of(JsonFields& fields, std::string_view where) {
  float theta = fields.number_or("rope_theta", 10000.0F);
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    const json* rope = fields.find(key);
    if (rope == nullptr) continue;
    JsonFields nested(*rope, where);
    const std::string kind = nested.text_or("rope_type", nested.text_or("type", "default"));
    if (kind != "default") {
      fields.refuse_field(ErrorKind::unsupported,
                          std::string("'") + key + "' asks for rope type '" + kind + "'",
                          "Models with the default rotary embedding can be read.");
    }
    theta = nested.number_or("rope_theta", theta);
    if (nested.number_or("partial_rotary_factor", 1.0F) != 1.0F) {
      fields.refuse_field(ErrorKind::unsupported, "a partial rotary embedding");
    }
    if (nested.problem()) {
      fields.refuse_field(nested.problem()->kind,
                          std::string("in '") + key + "': " + nested.problem()->message);
    }
  }
  return theta;
}

void refuse_what_changes_the_numbers(JsonFields& fields) {
  for (const char* key : {"attention_bias", "mlp_bias", "rope_interleaved"}) {
    if (fields.flag_or(key, false))
      fields.refuse_field(ErrorKind::unsupported, std::string("'") + key + "' is set");
  }
  for (const char* key : {"sliding_window", "quantization_config"}) {
    if (fields.find(key) != nullptr) {
      fields.refuse_field(ErrorKind::unsupported, std::string("'") + key + "' is set");
    }
  }
  if (fields.number_or("partial_rotary_factor", 1.0F) != 1.0F) {
    fields.refuse_field(ErrorKind::unsupported, "'partial_rotary_factor' is not 1");
  }
  const std::string activation = fields.text_or("hidden_act", "silu");
  if (activation != "silu" && activation != "swish") {
    fields.refuse_field(ErrorKind::unsupported, "the activation '" + activation + "'");
  }
}

std::int32_t label_count_of(JsonFields& fields) {
  const json* names = fields.find("id2label");
  const auto named = names != nullptr && names->is_object() ? static_cast<std::int32_t>(names->size())
                                                            : labels_without_a_statement;
  const std::int32_t count = fields.whole_or("num_labels", named);
  if (count < 1) fields.refuse_field(ErrorKind::invalid, "a classifier without labels");
  return count;
}

json ids_to_json(const std::vector<std::int32_t>& ids) {
  if (ids.empty()) return nullptr;
  return ids.size() == 1 ? json(ids.front()) : json(ids);
}

json id_to_json(std::int32_t id) { return id < 0 ? json(nullptr) : json(id); }

bool contains(const std::vector<std::int32_t>& ids, std::int32_t id) {
  return std::ranges::find(ids, id) != ids.end();
}

void keep_ids_in_vocabulary(JsonFields& fields, const std::vector<std::int32_t>& ids,
                            std::int32_t vocabulary_size) {
  for (const std::int32_t id : ids) {
    if (id >= vocabulary_size || id < -1) {
      fields.refuse_field(ErrorKind::invalid, "the token id " + std::to_string(id) +
                                                  " lies outside the vocabulary of " +
                                                  std::to_string(vocabulary_size));
    }
  }
}

}  // namespace

Result<ModelConfig> config_from_json(const json& object, std::string_view where) {
  JsonFields fields(object, where);
  ModelConfig config;
  config.architecture = architecture_of(fields);
  if (fields.problem()) return tl::unexpected(*fields.problem());
  refuse_what_changes_the_numbers(fields);
  config.vocabulary_size = fields.whole("vocab_size");
  config.hidden_size = fields.whole("hidden_size");
  config.intermediate_size = fields.whole("intermediate_size");
  config.layer_count = fields.whole("num_hidden_layers");
  config.head_count = fields.whole("num_attention_heads");
  config.kv_head_count = fields.whole_or("num_key_value_heads", config.head_count);
  const bool divides = config.head_count > 0 && config.hidden_size % config.head_count == 0;
  config.head_dim = fields.whole_or("head_dim", divides ? config.hidden_size / config.head_count : 0);
  config.context_length_max = fields.whole("max_position_embeddings");
  config.norm_epsilon = fields.number_or("rms_norm_eps", 1e-6F);
  config.rope_theta = rope_theta_of(fields, where);
  config.tied_embeddings = fields.flag_or("tie_word_embeddings", false);
  config.label_count = config.architecture == classification ? label_count_of(fields) : 0;
  config.bos_id = fields.whole_or("bos_token_id", -1);
  config.pad_id = fields.whole_or("pad_token_id", -1);
  config.eos_ids = fields.ids_or("eos_token_id", {});
  keep_ids_in_vocabulary(fields, config.eos_ids, config.vocabulary_size);
  keep_ids_in_vocabulary(fields, {config.bos_id, config.pad_id}, config.vocabulary_size);
  if (fields.problem()) return tl::unexpected(*fields.problem());

  if (auto sane = check(config); !sane) {
    Error error = sane.error();
    error.where = std::string(where);
    return tl::unexpected(std::move(error));
  }
  return config;
}

json config_to_json(const ModelConfig& config, StoredType weights) {
  const char* type = weights == StoredType::bf16 ? "bfloat16" : "float32";
  json object = {
      {"architectures", {config.architecture}},
      {"attention_bias", false},
      {"attention_dropout", 0.0},
      {"bos_token_id", id_to_json(config.bos_id)},
      {"dtype", type},
      {"eos_token_id", ids_to_json(config.eos_ids)},
      {"head_dim", config.head_dim},
      {"hidden_act", "silu"},
      {"hidden_size", config.hidden_size},
      {"initializer_range", 0.02},
      {"intermediate_size", config.intermediate_size},
      {"max_position_embeddings", config.context_length_max},
      {"mlp_bias", false},
      {"model_type", "llama"},
      {"num_attention_heads", config.head_count},
      {"num_hidden_layers", config.layer_count},
      {"num_key_value_heads", config.kv_head_count},
      {"pad_token_id", id_to_json(config.pad_id)},
      {"rms_norm_eps", shortest(config.norm_epsilon)},
      // transformers 4 reads rope_theta, transformers 5 rope_parameters.
      {"rope_parameters", {{"rope_theta", shortest(config.rope_theta)}, {"rope_type", "default"}}},
      {"rope_theta", shortest(config.rope_theta)},
      {"tie_word_embeddings", config.tied_embeddings},
      {"torch_dtype", type},
      {"use_cache", true},
      {"vocab_size", config.vocabulary_size},
  };
  if (config.label_count > 0) {
    json names = json::object();
    json numbers = json::object();
    for (std::int32_t label = 0; label < config.label_count; ++label) {
      const std::string name = "LABEL_" + std::to_string(label);
      names[std::to_string(label)] = name;
      numbers[name] = label;
    }
    object["id2label"] = std::move(names);
    object["label2id"] = std::move(numbers);
    object["num_labels"] = config.label_count;
  }
  return object;
}

Result<GenerationDefaults> generation_from_json(const json& object, const ModelConfig& config,
                                                std::string_view where) {
  JsonFields fields(object, where);
  GenerationDefaults defaults;
  defaults.temperature = fields.flag_or("do_sample", false) ? fields.number_or("temperature", 1.0F) : 0.0F;
  defaults.top_k = fields.whole_or("top_k", 0);
  defaults.top_p = fields.number_or("top_p", 1.0F);
  defaults.tokens_max = fields.whole_or("max_new_tokens", 0);
  defaults.stop_ids = fields.ids_or("eos_token_id", config.eos_ids);
  defaults.bos_id = fields.whole_or("bos_token_id", config.bos_id);
  defaults.pad_id = fields.whole_or("pad_token_id", config.pad_id);
  if (defaults.temperature < 0 || defaults.top_k < 0 || defaults.top_p <= 0 || defaults.top_p > 1 ||
      defaults.tokens_max < 0) {
    fields.refuse_field(ErrorKind::invalid, "a sampling setting is out of range");
  }
  keep_ids_in_vocabulary(fields, defaults.stop_ids, config.vocabulary_size);
  if (fields.problem()) return tl::unexpected(*fields.problem());
  return defaults;
}

json generation_to_json(const GenerationDefaults& defaults) {
  json object = {{"do_sample", defaults.temperature > 0}, {"eos_token_id", ids_to_json(defaults.stop_ids)}};
  if (defaults.temperature > 0) {
    object["temperature"] = shortest(defaults.temperature);
    object["top_k"] = defaults.top_k;
    object["top_p"] = shortest(defaults.top_p);
  }
  if (defaults.tokens_max > 0) object["max_new_tokens"] = defaults.tokens_max;
  if (defaults.bos_id >= 0) object["bos_token_id"] = defaults.bos_id;
  if (defaults.pad_id >= 0 && !contains(defaults.stop_ids, defaults.pad_id))
    object["pad_token_id"] = defaults.pad_id;
  return object;
}

}  // namespace preceptor::engine
