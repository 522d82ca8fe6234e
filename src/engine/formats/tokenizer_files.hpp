#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "engine/formats/hugging_face.hpp"

namespace preceptor::engine {

// tokenizer.json (required), tokenizer_config.json and chat_template.jinja; the latter wins over a template
// in the former, as in transformers. Fills everything of ModelFiles but the generation defaults.
Result<ModelFiles> read_tokenizer_files(const std::filesystem::path& folder);

// The template goes into both tokenizer_config.json and chat_template.jinja. Throws Failure.
void write_tokenizer_files(const std::filesystem::path& folder, const ModelFiles& files,
                           std::int32_t context_length_max);

}  // namespace preceptor::engine
