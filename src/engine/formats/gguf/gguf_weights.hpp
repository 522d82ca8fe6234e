#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// Every tensor that the model needs must be there with the right shape and a readable type, and none that it
// has no use for: leaving out a bias would quietly compute something else.
Result<void> check_gguf_weights(const GgufFile& file, const ModelConfig& config);

// Unpacks all weights. Checks first, so that a wrong file is refused before memory for a large model is
// taken.
Result<Parameters> load_gguf_weights(const GgufFile& file, const ModelConfig& config);

// The rows of a query or key projection of the architecture llama: GGUF has the two numbers that rotary
// embedding turns together beside each other, Hugging Face half a head apart. heads: those of the tensor.
void rows_from_gguf(std::span<float> out, std::span<const float> stored, std::int32_t heads,
                    std::int32_t head_dim);
void rows_to_gguf(std::span<float> stored, std::span<const float> values, std::int32_t heads,
                  std::int32_t head_dim);

// The row of the file that holds a row of the model, in such a projection.
std::size_t gguf_row(std::size_t row, std::size_t head_dim);

// How many heads' rows are reordered in this tensor; 0: none are.
std::int32_t heads_reordered_in_gguf(const ParameterInfo& info, const ModelConfig& config);
// Whether the file holds 1 + value.
bool raised_in_gguf(const ParameterInfo& info, const ModelConfig& config);

// One parameter's values as GGUF holds them: rows reordered, 1 added to gains, or as they are.
std::vector<float> arranged_for_gguf(std::span<const float> values, const ParameterInfo& info,
                                     const ModelConfig& config);

}  // namespace preceptor::engine
