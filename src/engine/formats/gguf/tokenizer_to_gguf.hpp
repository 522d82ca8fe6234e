#pragma once

#include <string>

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/formats/gguf/gguf_writer.hpp"
#include "engine/formats/hugging_face.hpp"

namespace preceptor::engine {

// Adds the tokenizer, its ids and the chat template. Every id below the vocabulary size of the model gets a
// token, those without one a name that no text has. other_splitting: the rule to name when GGUF has none that
// splits as this tokenizer does; readers that go by the name then give some texts other ids (ours take the
// tokenizer.json that is put beside it). Empty: such a tokenizer is refused (unsupported), and so is every
// model but BPE.
Result<void> add_tokenizer(GgufKeys& keys, const ModelFiles& files, const ModelConfig& config,
                           const std::string& other_splitting);

}  // namespace preceptor::engine
