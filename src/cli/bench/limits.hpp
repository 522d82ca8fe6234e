#pragma once

#include <cstdint>
#include <vector>

#include "engine/config.hpp"

namespace preceptor::cli {

// Queries over the keys that they see, of one sequence or of an answer that continues a prompt.
struct AttentionWork {
  double visible = 0;  // pairs of query and key

  static AttentionWork causal(std::int64_t length, std::int64_t prefix = 0) {
    const auto queries = static_cast<double>(length);
    return {queries * (static_cast<double>(prefix) + (queries + 1) / 2)};
  }
};

// The matrix products of one pass.
struct PassWork {
  std::int64_t rows = 0;       // tokens through the layers
  std::int64_t head_rows = 0;  // of them with logits
  double visible = 0;          // Σ AttentionWork::visible
};

enum class Pass { forward, forward_and_backward, forward_and_backward_frozen };

// Seconds that the matrix products of one pass take in oneDNN at their own shapes, back to back and warm, in
// bf16 where the CPU has it. Products with the weights' gradients are left out when frozen.
double gemm_seconds(const engine::ModelConfig& config, const PassWork& work, Pass pass, int threads);

// Bytes a second that all threads together read from memory.
double memory_read_rate(int threads);

}  // namespace preceptor::cli
