#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/formats/generation_defaults.hpp"
#include "engine/formats/manifest.hpp"
#include "engine/formats/stored_type.hpp"
#include "engine/parameters.hpp"
#include "text/chat_template.hpp"
#include "text/tokenizer.hpp"

// The native format: a Hugging Face model folder.
namespace preceptor::engine {

// What stands beside the weights.
struct ModelFiles {
  std::string tokenizer_json;
  std::string tokenizer_config_json;  // as read; empty: one is written from the fields below
  std::string chat_template;          // Jinja source; empty: none
  std::string bos_token;
  std::string eos_token;
  std::string pad_token;
  GenerationDefaults generation;
};

struct LoadedModel {
  Parameters parameters;
  text::Tokenizer tokenizer;
  std::optional<text::ChatTemplate> chat_template;
  ModelFiles files;  // for the next export; files.generation holds the defaults for sampling
};

// A folder or one .gguf file. Refuses what is missing, damaged, inconsistent or would compute something else
// than transformers does; the error names the file and, where there is one, the tensor or field.
Result<LoadedModel> load_model(const std::filesystem::path& folder);

// config.json and the weights alone, for a folder without a tokenizer.
Result<Parameters> load_parameters(const std::filesystem::path& folder);
Result<ModelConfig> load_config(const std::filesystem::path& folder);

struct SaveOptions {
  StoredType type = StoredType::bf16;  // or f32, f16
  std::size_t shard_bytes_max = std::size_t{5'000'000'000};
  std::vector<std::int32_t> golden_ids;    // a text whose answers go into the manifest; empty: none
  std::optional<Determinism> determinism;  // of the training; without it: this machine, bf16, all threads
};

// Writes the whole folder beside its place and swaps it in when it is complete and on disk. Throws Failure:
// the folder that stood there stays. Returns the manifest, which is also in the folder.
Manifest save_model(const std::filesystem::path& folder, const Parameters& parameters,
                    const ModelFiles& files, const SaveOptions& options);

}  // namespace preceptor::engine
