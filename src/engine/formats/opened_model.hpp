#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/stored_weights.hpp"
#include "text/chat_template.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::engine {

// What turns texts into tokens and back, and what else stands beside a model's weights.
struct ModelText {
  ModelConfig config;  // with the token ids
  text::Tokenizer tokenizer;
  std::optional<text::ChatTemplate> chat_template;
  ModelFiles files;
};

// A model whose weights were mapped and checked, but not read: a start within a fraction of a second.
struct OpenedModel {
  StoredWeights weights;
  // Reads the tokenizer and the template; may run beside whatever reads the weights.
  std::function<Result<ModelText>()> read_text;
};

// A folder or one .gguf file. Refuses, here or in read_text, what load_model() refuses.
Result<OpenedModel> open_model(const std::filesystem::path& folder);

// The weights alone, for a folder without a tokenizer.
Result<StoredWeights> open_stored_weights(const std::filesystem::path& folder);

// The parts of it that the two formats share.
Result<ModelText> read_folder_text(const std::filesystem::path& folder, const ModelConfig& config);
Result<ModelText> read_gguf_text(const GgufFile& file);
// The tokenizer and the template out of their files; where: the file to name in a refusal.
Result<ModelText> parse_text(ModelFiles files, const ModelConfig& config, const std::string& where);

}  // namespace preceptor::engine
