#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/formats/gguf/block_type.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/manifest.hpp"

namespace preceptor::engine {

struct GgufOptions {
  BlockType type = BlockType::q8_0;      // or f16, bf16, f32
  std::string name;                      // general.name; empty: none
  std::string other_splitting;           // see tokenizer_to_gguf.hpp
  std::vector<std::int32_t> golden_ids;  // a text whose answers go into the manifest; empty: none
};

// Writes one file that llama.cpp and load_model() read, and beside it `FILE.manifest.json`. Matrices are
// stored as asked for, vectors in F32; rows that are no whole blocks in F16. Refuses what GGUF cannot
// express, and (invalid) weights that are not finite or that the type has no room for. Throws Failure; an
// older file stays then.
Result<Manifest> save_gguf(const std::filesystem::path& path, const Parameters& parameters,
                           const ModelFiles& files, const GgufOptions& options);

}  // namespace preceptor::engine
