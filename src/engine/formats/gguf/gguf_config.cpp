#include "engine/formats/gguf/gguf_config.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "engine/formats/gguf/gguf_family.hpp"
#include "engine/formats/gguf/gguf_fields.hpp"
#include "engine/formats/gguf/gguf_rope.hpp"

namespace preceptor::engine {
namespace {

void read_shape(GgufFields& fields, const GgufFile& file, ModelConfig& config) {
  const GgufTensor* embedding = file.tensor("token_embd.weight");
  if (embedding == nullptr) {
    fields.refuse_key(ErrorKind::invalid, "tensor 'token_embd.weight' is missing");
  } else {
    config.vocabulary_size =
        static_cast<std::int32_t>(std::min<std::int64_t>(embedding->shape[0], INT32_MAX));
  }
  config.hidden_size = fields.whole(".embedding_length");
  config.intermediate_size = fields.whole(".feed_forward_length");
  config.layer_count = fields.whole(".block_count");
  config.head_count = fields.whole(".attention.head_count");
  config.kv_head_count = fields.whole_or(".attention.head_count_kv", config.head_count);
  const bool divides = config.head_count > 0 && config.hidden_size % config.head_count == 0;
  config.head_dim =
      fields.whole_or(".attention.key_length", divides ? config.hidden_size / config.head_count : 0);
  config.context_length_max = fields.whole(".context_length");
  config.norm_epsilon = fields.number_or(".attention.layer_norm_rms_epsilon",
                                         fields.number_or(".attention.layer_norm_epsilon", 1e-5F));
  config.tied_embeddings = !has_own_head(file);
  if (fields.whole_or(".expert_count", 0) > 0)
    fields.refuse_key(ErrorKind::unsupported, "a mixture of experts");
  if (fields.whole_or(".attention.value_length", config.head_dim) != config.head_dim) {
    fields.refuse_key(ErrorKind::unsupported, "values of another width than keys");
  }
}

// Beyond it a layer with a window would see less than readers without windows give it.
std::int32_t context_length(const ModelConfig& config) {
  return config.sliding_window > 0 && config.norm_placement == NormPlacement::before
             ? std::min(config.context_length_max, config.sliding_window)
             : config.context_length_max;
}

}  // namespace

bool has_own_head(const GgufFile& file) {
  const GgufTensor* head = file.tensor("output.weight");
  const GgufTensor* embedding = file.tensor("token_embd.weight");
  if (head == nullptr || embedding == nullptr) return head != nullptr;
  // Some converters wrote the embedding twice.
  return head->type != embedding->type || !std::ranges::equal(head->bytes, embedding->bytes);
}

Result<ModelConfig> config_from_gguf(const GgufFile& file) {
  GgufFields fields(file);
  const GgufFamily* family = gguf_family_called(fields.architecture());
  if (family == nullptr) {
    fields.refuse_key(ErrorKind::unsupported, "a model of the architecture '" + fields.architecture() + "'",
                      "llama, qwen2, qwen3, gemma3 and gpt2 can be read.");
    return tl::unexpected(*fields.problem());
  }
  ModelConfig config;
  config.architecture = family->architecture;
  read_shape(fields, file, config);
  family->read(fields, file, config);
  if (config.positions == Positions::rotary) {
    config.rope_theta = fields.number_or(".rope.freq_base", config.rope_theta);
    read_gguf_rope(fields, file, config);
  }
  if (fields.problem()) return tl::unexpected(*fields.problem());
  if (auto sane = check(config); !sane) {
    Error error = sane.error();
    error.where = file.path().string();
    return tl::unexpected(std::move(error));
  }
  return config;
}

Result<void> add_config(GgufKeys& keys, const ModelConfig& config) {
  const GgufFamily* family = gguf_family_of(config);
  if (family == nullptr) {
    return refuse(ErrorKind::unsupported, "a " + config.architecture + " has no form in GGUF",
                  "Export a Hugging Face folder.");
  }
  const std::string name(family->name);
  keys.text("general.architecture", name);
  keys.text("general.type", "model");
  keys.whole(name + ".context_length", context_length(config));
  keys.whole(name + ".embedding_length", config.hidden_size);
  keys.whole(name + ".block_count", config.layer_count);
  keys.whole(name + ".feed_forward_length", config.intermediate_size);
  keys.whole(name + ".attention.head_count", config.head_count);
  if (config.norm == NormKind::layer) {
    keys.real(name + ".attention.layer_norm_epsilon", config.norm_epsilon);
  } else {
    keys.whole(name + ".attention.head_count_kv", config.kv_head_count);
    keys.whole(name + ".attention.key_length", config.head_dim);
    keys.whole(name + ".attention.value_length", config.head_dim);
    keys.real(name + ".attention.layer_norm_rms_epsilon", config.norm_epsilon);
    write_gguf_rope(keys, name, config);
  }
  return family->write(keys, config);
}

}  // namespace preceptor::engine
