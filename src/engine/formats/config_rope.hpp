#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/config.hpp"
#include "engine/formats/json_fields.hpp"

namespace preceptor::engine {

// Rotary embedding in config.json: transformers 4 states rope_theta, rope_scaling and, for Gemma 3,
// rope_local_base_freq; transformers 5 rope_parameters, for Gemma 3 one for each kind of layer.

void read_rope(JsonFields& fields, ModelConfig& config);
void read_rope_by_layer(JsonFields& fields, ModelConfig& config);

void write_rope(nlohmann::json& object, const ModelConfig& config);
void write_rope_by_layer(nlohmann::json& object, const ModelConfig& config);

}  // namespace preceptor::engine
