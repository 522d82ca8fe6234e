#pragma once

#include <cstdint>
#include <vector>

namespace preceptor::engine {

// What a model's generation_config.json asks for; ids below zero are absent.
struct GenerationDefaults {
  float temperature = 1.0F;     // 0: greedy
  std::int32_t top_k = 0;       // 0: off
  float top_p = 1.0F;           // 1: off
  std::int32_t tokens_max = 0;  // 0: not stated
  std::vector<std::int32_t> stop_ids;
  std::int32_t bos_id = -1;
  std::int32_t pad_id = -1;

  bool operator==(const GenerationDefaults&) const = default;
};

}  // namespace preceptor::engine
