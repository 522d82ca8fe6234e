// The two forms in which a model leaves: a Hugging Face folder or a GGUF file.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "engine/formats/hugging_face.hpp"

namespace preceptor::cli {

struct ExportOptions {
  std::string format = "hf";  // or "gguf"
  std::string type;           // bf16, f16, f32; gguf also q8_0; empty: bf16, q8_0
  std::int64_t shard_megabytes = 5000;
  std::string splitting;  // see engine/formats/gguf/tokenizer_to_gguf.hpp
};
void add_export_options(CLI::App& command, ExportOptions& options);

// Throws Failure(conflict) when something is there already.
void must_not_exist(const std::filesystem::path& out);

// Throws Failure for what the format cannot hold.
void export_model(const std::filesystem::path& out, const engine::LoadedModel& model,
                  const ExportOptions& options);

}  // namespace preceptor::cli
