#include "engine/formats/hugging_face.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "engine/formats/config_json.hpp"
#include "engine/formats/gguf/gguf_file.hpp"
#include "engine/formats/gguf/gguf_model.hpp"
#include "engine/formats/opened_model.hpp"
#include "engine/formats/pending_folder.hpp"
#include "engine/formats/tokenizer_files.hpp"
#include "engine/formats/weights.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t config_bytes_max = std::size_t{4} << 20;

Result<nlohmann::json> read_json(const fs::path& path) {
  const auto text = read_file(path, config_bytes_max);
  if (!text) return tl::unexpected(text.error());
  auto parsed = parse_json(*text);
  if (!parsed) {
    return refuse(parsed.error().kind, parsed.error().message + " at " + parsed.error().where,
                  parsed.error().hint, path.string());
  }
  return parsed;
}

Result<GenerationDefaults> load_generation(const fs::path& folder, const ModelConfig& config) {
  const fs::path path = folder / "generation_config.json";
  if (!fs::exists(path)) {
    GenerationDefaults defaults;
    defaults.stop_ids = config.eos_ids;
    defaults.bos_id = config.bos_id;
    defaults.pad_id = config.pad_id;
    return defaults;
  }
  return read_json(path).and_then(
      [&](const nlohmann::json& object) { return generation_from_json(object, config, path.string()); });
}

void check_halves(const Parameters& parameters) {
  constexpr float half_max = 65504.0F;
  for (const float value : parameters.values()) {
    if (std::abs(value) <= half_max || !std::isfinite(value)) continue;
    throw Failure(ErrorKind::invalid, "a weight lies beyond the range of F16", "Write the model as bf16.");
  }
}

}  // namespace

Result<ModelConfig> load_config(const fs::path& folder) {
  if (looks_like_gguf(folder)) return load_gguf_config(folder);
  const fs::path path = folder / "config.json";
  return read_json(path).and_then(
      [&](const nlohmann::json& object) { return config_from_json(object, path.string()); });
}

Result<Parameters> load_parameters(const fs::path& folder) {
  if (looks_like_gguf(folder)) {
    return load_gguf_model(folder).map([](LoadedModel&& model) { return std::move(model.parameters); });
  }
  return load_config(folder).and_then(
      [&](const ModelConfig& config) { return load_weights(folder, config); });
}

Result<ModelText> read_folder_text(const fs::path& folder, const ModelConfig& config) {
  auto files = read_tokenizer_files(folder);
  if (!files) return tl::unexpected(files.error());
  auto generation = load_generation(folder, config);
  if (!generation) return tl::unexpected(generation.error());
  files->generation = std::move(*generation);
  return parse_text(std::move(*files), config, (folder / "tokenizer.json").string());
}

Result<LoadedModel> load_model(const fs::path& folder) {
  if (looks_like_gguf(folder)) return load_gguf_model(folder);
  // Small files first: a broken one is reported before gigabytes are read.
  const auto config = load_config(folder);
  if (!config) return tl::unexpected(config.error());
  auto text = read_folder_text(folder, *config);
  if (!text) return tl::unexpected(text.error());
  auto parameters = load_weights(folder, *config);
  if (!parameters) return tl::unexpected(parameters.error());
  return LoadedModel{.parameters = std::move(*parameters),
                     .tokenizer = std::move(text->tokenizer),
                     .chat_template = std::move(text->chat_template),
                     .files = std::move(text->files)};
}

Manifest save_model(const fs::path& folder, const Parameters& parameters, const ModelFiles& files,
                    const SaveOptions& options) {
  const ModelConfig& config = parameters.config();
  if (options.type == StoredType::f16) check_halves(parameters);
  PendingFolder pending(folder);
  save_weights(pending.path(), parameters, options.type, options.shard_bytes_max);
  write_file_atomic(pending.path() / "config.json", config_to_json(config, options.type).dump(2) + "\n");
  if (config.label_count == 0) {
    write_file_atomic(pending.path() / "generation_config.json",
                      generation_to_json(files.generation).dump(2) + "\n");
  }
  write_tokenizer_files(pending.path(), files, config.context_length_max);

  Manifest manifest;
  manifest.files = hash_files(pending.path());
  manifest.template_sha256 = files.chat_template.empty() ? "" : sha256_hex(files.chat_template);
  if (!options.golden_ids.empty())
    manifest.golden = golden_answers(parameters, options.golden_ids, options.type);
  manifest.determinism = options.determinism.value_or(determinism_here(Precision::bf16, 0));
  write_file_atomic(pending.path() / "manifest.json", manifest_text(manifest));
  pending.commit();
  return manifest;
}

}  // namespace preceptor::engine
