#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/formats/generation_defaults.hpp"
#include "engine/formats/stored_type.hpp"

// config.json and generation_config.json as transformers 4 and 5 read and write them.
namespace preceptor::engine {

// Llama, Mistral, Qwen 2 and 3, Gemma 3 text and GPT-2, as language models and sequence classifiers. Another
// family, or a field that asks for numbers which the engine does not compute, is refused (unsupported), a
// missing or ill-typed field too (invalid). The result has passed check(). where: the file.
Result<ModelConfig> config_from_json(const nlohmann::json& object, std::string_view where);

// Throws Failure when the graph is not one that the architecture can have.
nlohmann::json config_to_json(const ModelConfig& config, StoredType weights);

// Fields that generation_config.json does not state come from the model's config.
Result<GenerationDefaults> generation_from_json(const nlohmann::json& object, const ModelConfig& config,
                                                std::string_view where);

// The pad id is left out when it is also a stop id: transformers would read the end of a text as padding.
nlohmann::json generation_to_json(const GenerationDefaults& defaults);

}  // namespace preceptor::engine
