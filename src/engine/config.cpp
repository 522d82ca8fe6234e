#include "engine/config.hpp"

#include <cmath>
#include <string_view>

namespace preceptor::engine {

namespace {

// Far beyond what a CPU trains, small enough that every product of three of them fits 63 bits.
constexpr std::int32_t width_max = 1 << 17;
constexpr std::int32_t vocabulary_max = 1 << 21;
constexpr std::int32_t layer_max = 1 << 10;
constexpr std::int32_t context_max = 1 << 21;
constexpr std::int64_t parameter_max = std::int64_t{1} << 36;

Result<void> within(std::string_view name, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return {};
  return refuse(ErrorKind::invalid,
                std::string(name) + " is " + std::to_string(value) + ", which is outside " +
                    std::to_string(low) + " … " + std::to_string(high),
                "check config.json of the model");
}

Result<void> check_ids(const ModelConfig& config) {
  for (const std::int32_t id : {config.bos_id, config.pad_id}) {
    if (auto result = within("a special token id", id, -1, config.vocabulary_size - 1); !result)
      return result;
  }
  for (const std::int32_t id : config.eos_ids) {
    if (auto result = within("eos_token_id", id, 0, config.vocabulary_size - 1); !result) return result;
  }
  return {};
}

}  // namespace

Result<void> check(const ModelConfig& config) {
  struct Range {
    std::string_view name;
    std::int64_t value, low, high;
  };
  for (const Range& range : {Range{"vocab_size", config.vocabulary_size, 1, vocabulary_max},
                             Range{"hidden_size", config.hidden_size, 1, width_max},
                             Range{"intermediate_size", config.intermediate_size, 1, width_max},
                             Range{"num_hidden_layers", config.layer_count, 1, layer_max},
                             Range{"num_attention_heads", config.head_count, 1, 1024},
                             Range{"num_key_value_heads", config.kv_head_count, 1, config.head_count},
                             Range{"head_dim", config.head_dim, 2, 1024},
                             Range{"max_position_embeddings", config.context_length_max, 1, context_max},
                             Range{"num_labels", config.label_count, 0, 1024}}) {
    if (auto result = within(range.name, range.value, range.low, range.high); !result) return result;
  }
  if (config.head_count % config.kv_head_count != 0) {
    return refuse(ErrorKind::invalid, "num_attention_heads is not a multiple of num_key_value_heads");
  }
  if (config.head_dim % 2 != 0) {
    return refuse(ErrorKind::invalid, "head_dim is odd; rotary embedding turns pairs of elements");
  }
  if (!(std::isfinite(config.norm_epsilon) && config.norm_epsilon > 0 && config.norm_epsilon < 1)) {
    return refuse(ErrorKind::invalid, "rms_norm_eps is not between 0 and 1");
  }
  if (!(std::isfinite(config.rope_theta) && config.rope_theta > 1)) {
    return refuse(ErrorKind::invalid, "rope_theta is not above 1");
  }
  const std::int64_t per_layer =
      std::int64_t{config.hidden_size} *
      (std::int64_t{config.qkv_width()} + config.query_width() + 3 * std::int64_t{config.intermediate_size});
  const std::int64_t total =
      per_layer * config.layer_count + 2 * std::int64_t{config.vocabulary_size} * config.hidden_size;
  if (total > parameter_max) {
    return refuse(ErrorKind::too_large, "the model has about " + std::to_string(total) + " parameters",
                  "the embedded engine is for models that fit this machine's memory");
  }
  return check_ids(config);
}

}  // namespace preceptor::engine
