#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "engine/formats/lora_adapter.hpp"
#include "engine/formats/stored_type.hpp"

// Adapters as PEFT stores them: adapter_config.json and adapter_model.safetensors.
namespace preceptor::engine {

// Refuses (unsupported, by name) what would compute something else than plain LoRA: DoRA, biases, whole
// modules saved beside the factors, ranks or alphas per module, initialisations that change the base's
// weights. The result has passed check() for `config`, the model it is for.
Result<LoraAdapter> load_adapter(const std::filesystem::path& folder, const ModelConfig& config);

// Whether the folder holds an adapter.
bool looks_like_adapter(const std::filesystem::path& folder);

// Writes the folder beside its place and swaps it in when it is complete and on disk. The adapter has passed
// check() for `config`. type: f32, bf16. Throws Failure.
void save_adapter(const std::filesystem::path& folder, const LoraAdapter& adapter, const ModelConfig& config,
                  StoredType type = StoredType::f32);

}  // namespace preceptor::engine
