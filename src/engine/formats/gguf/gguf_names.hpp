#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/config.hpp"

namespace preceptor::engine {

// The name that GGUF gives to the tensor that Hugging Face calls `name`:
// "model.layers.3.self_attn.q_proj.weight" → "blk.3.attn_q.weight". None for a tensor that GGUF has no place
// for.
std::optional<std::string> gguf_name(std::string_view name, const ModelConfig& config);

}  // namespace preceptor::engine
