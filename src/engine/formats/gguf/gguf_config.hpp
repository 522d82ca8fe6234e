#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/gguf/gguf_writer.hpp"

namespace preceptor::engine {

// The shape of the model in a GGUF file of the architecture llama. Token ids are left out: they stand with
// the tokenizer. Refuses (unsupported) what would compute something else, by name. The result has passed
// check().
Result<ModelConfig> config_from_gguf(const GgufFile& file);

// Whether the file has a head that is not just the embedding again.
bool has_own_head(const GgufFile& file);

// Adds what a reader needs to build the graph. Refuses (unsupported) a model that GGUF has no place for.
Result<void> add_config(GgufKeys& keys, const ModelConfig& config);

}  // namespace preceptor::engine
