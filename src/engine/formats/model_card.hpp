#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "engine/config.hpp"

namespace preceptor::engine {

// What a model folder or .gguf file holds, told without reading its weights.
struct ModelCard {
  ModelConfig config;
  std::int64_t parameter_count = 0;
  std::int64_t file_bytes = 0;             // of the weights as stored
  std::string stored_types;                // "BF16", or several: "BF16, F32"
  std::int64_t cache_bytes_per_token = 0;  // keys and values while generating in bf16
  bool has_chat_template = false;
  std::string model_sha256;  // from the manifest; empty without one
};

// Refuses what load_model() would refuse of config.json, the manifest and the weights' headers.
Result<ModelCard> read_model_card(const std::filesystem::path& folder);

}  // namespace preceptor::engine
