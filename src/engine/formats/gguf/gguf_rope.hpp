#pragma once

#include <vector>

#include "engine/config.hpp"
#include "engine/formats/gguf/gguf_fields.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/gguf/gguf_writer.hpp"

// Scaled rotary embedding in GGUF: a factor in the metadata, or, for Llama 3, a tensor of one divisor per
// frequency.
namespace preceptor::engine {

inline constexpr std::string_view rope_factors_name = "rope_freqs.weight";

// What each frequency is divided by: (head_dim / 2).
std::vector<float> llama3_rope_factors(const ModelConfig& config);

void read_gguf_rope(GgufFields& fields, const GgufFile& file, ModelConfig& config);
void write_gguf_rope(GgufKeys& keys, std::string_view family, const ModelConfig& config);

}  // namespace preceptor::engine
