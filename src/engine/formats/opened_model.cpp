#include "engine/formats/opened_model.hpp"

#include <memory>
#include <string>
#include <utility>

#include "engine/formats/gguf/gguf_config.hpp"
#include "engine/formats/gguf/gguf_weights.hpp"
#include "engine/formats/weights.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;

// Shared by the weights and whoever reads the tokenizer, whichever is done last.
Result<std::shared_ptr<const GgufFile>> open_shared(const fs::path& path) {
  return GgufFile::open(path).map(
      [](GgufFile&& file) { return std::make_shared<const GgufFile>(std::move(file)); });
}

Result<StoredWeights> gguf_weights(const std::shared_ptr<const GgufFile>& file) {
  const auto config = config_from_gguf(*file);
  if (!config) return tl::unexpected(config.error());
  if (auto fits = check_gguf_weights(*file, *config); !fits) return tl::unexpected(fits.error());
  return StoredWeights(*config, file);
}

Result<StoredWeights> folder_weights(const fs::path& folder) {
  const auto config = load_config(folder);
  if (!config) return tl::unexpected(config.error());
  auto files = open_weights(folder, *config);
  if (!files) return tl::unexpected(files.error());
  return StoredWeights(*config, std::move(*files));
}

}  // namespace

Result<StoredWeights> open_stored_weights(const fs::path& folder) {
  if (looks_like_gguf(folder)) return open_shared(folder).and_then(gguf_weights);
  return folder_weights(folder);
}

Result<OpenedModel> open_model(const fs::path& folder) {
  if (looks_like_gguf(folder)) {
    const auto file = open_shared(folder);
    if (!file) return tl::unexpected(file.error());
    return gguf_weights(*file).map([&](StoredWeights&& weights) {
      return OpenedModel{.weights = std::move(weights),
                         .read_text = [file = *file] { return read_gguf_text(*file); }};
    });
  }
  return folder_weights(folder).map([&](StoredWeights&& weights) {
    const ModelConfig config = weights.config();
    return OpenedModel{.weights = std::move(weights),
                       .read_text = [folder, config] { return read_folder_text(folder, config); }};
  });
}

Result<ModelText> parse_text(ModelFiles files, const ModelConfig& config, const std::string& where) {
  auto tokenizer = text::Tokenizer::from_json(files.tokenizer_json);
  if (!tokenizer) {
    return refuse(tokenizer.error().kind, "the tokenizer: " + tokenizer.error().message,
                  tokenizer.error().hint, where);
  }
  if (tokenizer->vocabulary_size() > config.vocabulary_size) {
    return refuse(ErrorKind::invalid,
                  "the tokenizer has " + std::to_string(tokenizer->vocabulary_size()) +
                      " tokens but the model embeds only " + std::to_string(config.vocabulary_size),
                  "The tokenizer and the configuration belong to different models.", where);
  }
  std::optional<text::ChatTemplate> chat_template;
  if (!files.chat_template.empty()) {
    auto parsed = text::ChatTemplate::from_source(files.chat_template, files.bos_token, files.eos_token);
    if (!parsed) {
      return refuse(parsed.error().kind, "the chat template: " + parsed.error().message, parsed.error().hint,
                    where);
    }
    chat_template = std::move(*parsed);
  }
  return ModelText{.config = config,
                   .tokenizer = std::move(*tokenizer),
                   .chat_template = std::move(chat_template),
                   .files = std::move(files)};
}

}  // namespace preceptor::engine
