#include "engine/formats/gguf/gguf_model.hpp"

#include "engine/formats/gguf/gguf_config.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/gguf/gguf_tokenizer.hpp"
#include "engine/formats/gguf/gguf_weights.hpp"
#include "engine/formats/opened_model.hpp"

namespace preceptor::engine {
namespace {

void set_ids(ModelConfig& config, const GgufTokenizer& tokenizer) {
  config.bos_id = tokenizer.bos_id;
  config.pad_id = tokenizer.pad_id;
  if (tokenizer.eos_id >= 0) config.eos_ids = {tokenizer.eos_id};
}

Result<ModelConfig> config_with_ids(const GgufFile& file, const GgufTokenizer& tokenizer) {
  auto config = config_from_gguf(file);
  if (!config) return config;
  if (tokenizer.token_count > config->vocabulary_size) {
    return refuse(ErrorKind::invalid,
                  "the tokenizer has " + std::to_string(tokenizer.token_count) +
                      " tokens but the model embeds only " + std::to_string(config->vocabulary_size),
                  "", file.path().string());
  }
  set_ids(*config, tokenizer);
  return config;
}

}  // namespace

Result<ModelConfig> load_gguf_config(const std::filesystem::path& path) {
  const auto file = GgufFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const auto tokenizer = tokenizer_from_gguf(*file);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  return config_with_ids(*file, *tokenizer);
}

Result<ModelText> read_gguf_text(const GgufFile& file) {
  auto parts = tokenizer_from_gguf(file);
  if (!parts) return tl::unexpected(parts.error());
  const auto config = config_with_ids(file, *parts);
  if (!config) return tl::unexpected(config.error());
  return parse_text(std::move(parts->files), *config, file.path().string());
}

Result<LoadedModel> load_gguf_model(const std::filesystem::path& path) {
  const auto file = GgufFile::open(path);
  if (!file) return tl::unexpected(file.error());
  auto text = read_gguf_text(*file);
  if (!text) return tl::unexpected(text.error());
  auto parameters = load_gguf_weights(*file, text->config);
  if (!parameters) return tl::unexpected(parameters.error());
  return LoadedModel{.parameters = std::move(*parameters),
                     .tokenizer = std::move(text->tokenizer),
                     .chat_template = std::move(text->chat_template),
                     .files = std::move(text->files)};
}

}  // namespace preceptor::engine
