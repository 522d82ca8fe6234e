#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/formats/gguf/gguf_file.hpp"

namespace preceptor::engine {

// The shape of the model in a GGUF file of the architecture llama. Token ids are left out: they stand with
// the tokenizer. Refuses (unsupported) what would compute something else, by name. The result has passed
// check().
Result<ModelConfig> config_from_gguf(const GgufFile& file);

}  // namespace preceptor::engine
