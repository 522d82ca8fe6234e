#include "engine/formats/gguf/gguf_config.hpp"

#include <algorithm>
#include <cstdint>

#include "engine/formats/gguf/gguf_fields.hpp"

namespace preceptor::engine {
namespace {

void refuse_what_changes_the_numbers(GgufFields& fields, const GgufFile& file, const ModelConfig& config) {
  const auto unsupported = [&](const std::string& what) { fields.refuse_key(ErrorKind::unsupported, what); };
  if (fields.whole_or(".expert_count", 0) > 0) unsupported("a mixture of experts");
  if (fields.whole_or(".attention.value_length", config.head_dim) != config.head_dim) {
    unsupported("values of another width than keys");
  }
  if (fields.whole_or(".rope.dimension_count", config.head_dim) != config.head_dim) {
    unsupported("a partial rotary embedding");
  }
  const std::string scaling = fields.text_or(".rope.scaling.type", "none");
  if (scaling != "none") unsupported("rope scaling of the type '" + scaling + "'");
  if (file.tensor("rope_freqs.weight") != nullptr) unsupported("rope frequencies of their own");
}

}  // namespace

Result<ModelConfig> config_from_gguf(const GgufFile& file) {
  GgufFields fields(file);
  if (fields.architecture() != "llama") {
    fields.refuse_key(ErrorKind::unsupported, "a model of the architecture '" + fields.architecture() + "'",
                      "llama can be read.");
    return tl::unexpected(*fields.problem());
  }
  ModelConfig config;
  const GgufTensor* embedding = file.tensor("token_embd.weight");
  if (embedding == nullptr) fields.refuse_key(ErrorKind::invalid, "tensor 'token_embd.weight' is missing");
  config.vocabulary_size =
      embedding == nullptr
          ? 0
          : static_cast<std::int32_t>(std::min<std::int64_t>(embedding->shape[0], INT32_MAX));
  config.hidden_size = fields.whole(".embedding_length");
  config.intermediate_size = fields.whole(".feed_forward_length");
  config.layer_count = fields.whole(".block_count");
  config.head_count = fields.whole(".attention.head_count");
  config.kv_head_count = fields.whole_or(".attention.head_count_kv", config.head_count);
  const bool divides = config.head_count > 0 && config.hidden_size % config.head_count == 0;
  config.head_dim =
      fields.whole_or(".attention.key_length", divides ? config.hidden_size / config.head_count : 0);
  config.context_length_max = fields.whole(".context_length");
  config.norm_epsilon = fields.number_or(".attention.layer_norm_rms_epsilon", 1e-5F);
  config.rope_theta = fields.number_or(".rope.freq_base", 10000.0F);
  config.tied_embeddings = file.tensor("output.weight") == nullptr;
  refuse_what_changes_the_numbers(fields, file, config);
  if (fields.problem()) return tl::unexpected(*fields.problem());
  if (auto sane = check(config); !sane) {
    Error error = sane.error();
    error.where = file.path().string();
    return tl::unexpected(std::move(error));
  }
  return config;
}

Result<void> add_config(GgufKeys& keys, const ModelConfig& config) {
  if (config.architecture != "LlamaForCausalLM") {
    return refuse(ErrorKind::unsupported, "a " + config.architecture + " has no form in GGUF",
                  "Export a Hugging Face folder.");
  }
  const std::string family = "llama";
  keys.text("general.architecture", family);
  keys.text("general.type", "model");
  keys.whole(family + ".vocab_size", config.vocabulary_size);
  keys.whole(family + ".context_length", config.context_length_max);
  keys.whole(family + ".embedding_length", config.hidden_size);
  keys.whole(family + ".block_count", config.layer_count);
  keys.whole(family + ".feed_forward_length", config.intermediate_size);
  keys.whole(family + ".attention.head_count", config.head_count);
  keys.whole(family + ".attention.head_count_kv", config.kv_head_count);
  keys.whole(family + ".attention.key_length", config.head_dim);
  keys.whole(family + ".attention.value_length", config.head_dim);
  keys.real(family + ".attention.layer_norm_rms_epsilon", config.norm_epsilon);
  keys.whole(family + ".rope.dimension_count", config.head_dim);
  keys.real(family + ".rope.freq_base", config.rope_theta);
  return {};
}

}  // namespace preceptor::engine
