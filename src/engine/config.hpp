#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace preceptor::engine {

// The shape of a decoder-only transformer, as read from a Hugging Face config.json.
struct ModelConfig {
  std::string architecture = "LlamaForCausalLM";
  std::int32_t vocabulary_size = 0;
  std::int32_t hidden_size = 0;
  std::int32_t intermediate_size = 0;
  std::int32_t layer_count = 0;
  std::int32_t head_count = 0;
  std::int32_t kv_head_count = 0;
  std::int32_t head_dim = 0;  // may differ from hidden_size / head_count; even
  std::int32_t context_length_max = 0;
  float norm_epsilon = 1e-5F;
  float rope_theta = 10000.0F;
  bool tied_embeddings = false;
  std::int32_t label_count = 0;  // > 0: sequence classification with score.weight instead of a language head
  std::int32_t bos_id = -1;
  std::int32_t pad_id = -1;
  std::vector<std::int32_t> eos_ids;

  std::int32_t query_width() const { return head_count * head_dim; }
  std::int32_t key_width() const { return kv_head_count * head_dim; }
  std::int32_t qkv_width() const { return query_width() + 2 * key_width(); }

  bool operator==(const ModelConfig&) const = default;
};

// Refuses shapes that are inconsistent or so large that a size computed from them could overflow.
Result<void> check(const ModelConfig& config);

}  // namespace preceptor::engine
