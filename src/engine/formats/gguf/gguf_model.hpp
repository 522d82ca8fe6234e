#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "engine/formats/hugging_face.hpp"

namespace preceptor::engine {

// A whole model out of one GGUF file, its weights unpacked to fp32. load_model() calls it for such files.
Result<LoadedModel> load_gguf_model(const std::filesystem::path& path);

// The configuration alone, token ids included.
Result<ModelConfig> load_gguf_config(const std::filesystem::path& path);

}  // namespace preceptor::engine
