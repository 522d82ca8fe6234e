// A stranger's model folder, "=== config.json\n…\n=== tokenizer.json\n…". Reading it refuses or gives a model
// that fits together; it never asks for memory that the files do not back.
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "driver/input.hpp"
#include "engine/formats/config_json.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/lora_files.hpp"
#include "engine/formats/manifest.hpp"
#include "engine/formats/model_card.hpp"

using namespace preceptor;

namespace {

bool is_id(std::int32_t id, const engine::ModelConfig& config) {
  return id >= -1 && id < config.vocabulary_size;
}

void read_configs(const std::vector<std::pair<std::string, std::string>>& files) {
  for (const auto& [name, content] : files) {
    if (name != "config.json" && name != "generation_config.json") continue;
    const auto json = parse_json(content);
    if (!json) continue;
    static const engine::ModelConfig small{.vocabulary_size = 300};
    const auto config = engine::config_from_json(*json, name);
    if (config) {
      const auto again =
          engine::config_from_json(engine::config_to_json(*config, engine::StoredType::bf16), name);
      fuzz::require(again.has_value() && *again == *config, "a config that was written is read as it was");
    }
    const auto defaults = engine::generation_from_json(*json, config ? *config : small, name);
    if (!defaults) continue;
    const engine::ModelConfig& model = config ? *config : small;
    fuzz::require(is_id(defaults->bos_id, model) && is_id(defaults->pad_id, model),
                  "the ids of generation_config.json lie in the vocabulary");
    for (const std::int32_t id : defaults->stop_ids)
      fuzz::require(is_id(id, model), "the stop ids lie in the vocabulary");
    (void)engine::generation_to_json(*defaults).dump();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto files = fuzz::cut_into_files(fuzz::as_text(data, size));
  read_configs(files);
  const auto& folder = fuzz::scratch_folder();
  fuzz::fill_folder(folder, files);
  (void)engine::read_model_card(folder);
  if (const auto manifest = engine::read_manifest(folder)) {
    (void)engine::manifest_text(*manifest);
    (void)engine::verify_files(folder, *manifest);
  }
  const auto model = engine::load_model(folder);
  if (model) {
    (void)engine::load_adapter(folder, model->parameters.config());
    fuzz::require(model->tokenizer.vocabulary_size() <= model->parameters.config().vocabulary_size,
                  "the tokenizer's ids fit the model");
  }
  return 0;
}
