#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/hugging_face.hpp"

// The tokenizer of a GGUF file as a Hugging Face tokenizer.json.
namespace preceptor::engine {

struct GgufTokenizer {
  ModelFiles files;  // tokenizer_json, chat_template, the three tokens, generation ids
  std::int32_t token_count = 0;
  std::int32_t bos_id = -1, eos_id = -1, pad_id = -1;
};

// Byte-level BPE (tokenizer.ggml.model "gpt2") with the ways of splitting a text that GGUF knows by name, and
// SentencePiece BPE ("llama": scores, no merges, byte fallback). A file that carries its tokenizer.json
// (tokenizer.huggingface.json) is taken at its word. Refuses (unsupported) other models and splittings by
// name, and (corrupt) lists that do not fit each other.
Result<GgufTokenizer> tokenizer_from_gguf(const GgufFile& file);

}  // namespace preceptor::engine
