#include "engine/formats/model_card.hpp"

#include <set>

#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/gguf/gguf_weights.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/manifest.hpp"
#include "engine/formats/tokenizer_files.hpp"
#include "engine/formats/weights.hpp"

namespace preceptor::engine {
namespace {

constexpr std::int64_t cached_value_bytes = 2;

std::string joined(const std::set<std::string>& types) {
  std::string text;
  for (const std::string& type : types) text += (text.empty() ? "" : ", ") + type;
  return text;
}

Result<ModelCard> with_gguf_weights(ModelCard card, const std::filesystem::path& path) {
  const auto file = GgufFile::open(path);
  if (!file) return tl::unexpected(file.error());
  if (auto fits = check_gguf_weights(*file, card.config); !fits) return tl::unexpected(fits.error());
  std::set<std::string> types;
  for (const GgufTensor& tensor : file->tensors()) types.emplace(tensor.layout.name);
  card.stored_types = joined(types);
  card.file_bytes = static_cast<std::int64_t>(std::filesystem::file_size(path));
  card.has_chat_template = file->find("tokenizer.chat_template") != nullptr;
  return card;
}

}  // namespace

Result<ModelCard> read_model_card(const std::filesystem::path& folder) {
  const auto config = load_config(folder);
  if (!config) return tl::unexpected(config.error());
  ModelCard card{.config = *config, .stored_types = {}, .model_sha256 = {}};
  for (const ParameterInfo& info : parameter_list(*config)) {
    card.parameter_count += static_cast<std::int64_t>(info.count);
  }
  card.cache_bytes_per_token =
      std::int64_t{2} * config->layer_count * config->kv_head_count * config->head_dim * cached_value_bytes;
  if (looks_like_gguf(folder)) return with_gguf_weights(std::move(card), folder);

  const auto files = open_weights(folder, *config);
  if (!files) return tl::unexpected(files.error());
  std::set<std::string> types;
  for (const SafetensorsFile& file : files->files) {
    card.file_bytes += static_cast<std::int64_t>(std::filesystem::file_size(file.path()));
    for (const StoredTensor& tensor : file.tensors()) types.insert(tensor.type_name);
  }
  card.stored_types = joined(types);
  if (const auto texts = read_tokenizer_files(folder)) card.has_chat_template = !texts->chat_template.empty();
  if (std::filesystem::exists(folder / "manifest.json")) {
    const auto manifest = read_manifest(folder);
    if (!manifest) return tl::unexpected(manifest.error());
    card.model_sha256 = manifest->model_sha256();
  }
  return card;
}

}  // namespace preceptor::engine
