#include "engine/formats/config_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/formats/config_family.hpp"
#include "engine/formats/json_fields.hpp"

namespace preceptor::engine {
namespace {

using nlohmann::json;

constexpr std::int32_t labels_without_a_statement = 2;  // transformers' default

// nullptr after a refusal.
const ConfigFamily* family_of(JsonFields& fields, std::string& architecture) {
  const std::string model_type = fields.text_or("model_type", "");
  const json* architectures = fields.find("architectures");
  if (architectures == nullptr || !architectures->is_array() || architectures->size() != 1 ||
      !architectures->front().is_string()) {
    fields.refuse_field(ErrorKind::invalid, "'architectures' does not name one architecture");
    return nullptr;
  }
  architecture = architectures->front().get<std::string>();
  const ConfigFamily* family = family_of_architecture(architecture);
  if (family == nullptr || family->model_type != model_type) {
    fields.refuse_field(
        ErrorKind::unsupported, "architecture '" + architecture + "' (model type '" + model_type + "')",
        "Llama, Mistral, Qwen2, Qwen3, Gemma 3 text and GPT-2 models can be read, as language "
        "models and sequence classifiers.");
    return nullptr;
  }
  return family;
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

// A graph set up by hand may be none of its architecture's: what is written must be read as the same.
void refuse_what_the_family_cannot_state(const json& object, const ModelConfig& config) {
  auto read = config_from_json(object, "");
  if (!read) throw Failure(read.error());
  read->label_count = config.label_count;
  if (*read != config) {
    throw Failure(ErrorKind::invalid, "the graph of this model is not one of a " + config.architecture);
  }
}

}  // namespace

Result<ModelConfig> config_from_json(const json& object, std::string_view where) {
  JsonFields fields(object, where);
  ModelConfig config;
  const ConfigFamily* family = family_of(fields, config.architecture);
  if (fields.problem()) return tl::unexpected(*fields.problem());
  family->read(fields, object, config);
  config.label_count = config.architecture == family->classifier ? label_count_of(fields) : 0;
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
  const ConfigFamily* family = family_of_architecture(config.architecture);
  if (family == nullptr) {
    throw Failure(ErrorKind::unsupported, "no config.json can be written for " + config.architecture);
  }
  const char* type = weights == StoredType::bf16  ? "bfloat16"
                     : weights == StoredType::f16 ? "float16"
                                                  : "float32";
  json object = {
      {"architectures", {config.architecture}},
      {"bos_token_id", id_to_json(config.bos_id)},
      {"dtype", type},
      {"eos_token_id", ids_to_json(config.eos_ids)},
      {"initializer_range", 0.02},
      {"model_type", family->model_type},
      {"pad_token_id", id_to_json(config.pad_id)},
      {"tie_word_embeddings", config.tied_embeddings},
      {"torch_dtype", type},
      {"use_cache", true},
      {"vocab_size", config.vocabulary_size},
  };
  family->write(object, config);
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
  refuse_what_the_family_cannot_state(object, config);
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
