#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/file.hpp"
#include "base/json.hpp"
#include "engine/formats/safetensors.hpp"
#include "engine/formats/weights.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t index_bytes_max = std::size_t{64} << 20;

bool plain_file_name(const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos && name.find('\0') == std::string::npos &&
         name != "." && name != "..";
}

// Tensor name → shard, from the index.
Result<std::map<std::string, std::string>> read_index(const fs::path& path) {
  const std::string where = path.string();
  auto text = read_file(path, index_bytes_max);
  if (!text) return tl::unexpected(text.error());
  auto index = parse_json(*text, JsonLimits{});
  if (!index) {
    return refuse(index.error().kind, index.error().message, index.error().hint, where);
  }
  if (!index->is_object() || !index->contains("weight_map") || !(*index)["weight_map"].is_object()) {
    return refuse(ErrorKind::invalid, "no 'weight_map' object", "", where);
  }
  std::map<std::string, std::string> shards;
  for (const auto& [tensor, file] : (*index)["weight_map"].items()) {
    if (!file.is_string() || !plain_file_name(file.get_ref<const std::string&>())) {
      return refuse(ErrorKind::invalid, "tensor '" + tensor + "' is not mapped to a file of this folder", "",
                    where);
    }
    shards.emplace(tensor, file.get<std::string>());
  }
  return shards;
}

struct Shards {
  std::vector<SafetensorsFile> files;
  std::map<std::string, std::size_t, std::less<>> file_of;  // tensor → index into files
};

Result<void> add_file(Shards& shards, const fs::path& path) {
  auto file = SafetensorsFile::open(path);
  if (!file) return tl::unexpected(file.error());
  for (const StoredTensor& tensor : file->tensors()) {
    if (!shards.file_of.emplace(tensor.name, shards.files.size()).second) {
      return refuse(ErrorKind::corrupt, "tensor '" + tensor.name + "' stands in another shard already", "",
                    path.string());
    }
  }
  shards.files.push_back(std::move(*file));
  return {};
}

Result<Shards> open_shards(const fs::path& folder) {
  Shards shards;
  const fs::path index_path = folder / "model.safetensors.index.json";
  if (!fs::exists(index_path)) {
    const fs::path single = folder / "model.safetensors";
    if (!fs::exists(single)) {
      return refuse(ErrorKind::not_found, "neither model.safetensors nor its index",
                    "Only safetensors weights can be read; convert .bin files with transformers.",
                    folder.string());
    }
    if (auto added = add_file(shards, single); !added) return tl::unexpected(added.error());
    return shards;
  }
  auto index = read_index(index_path);
  if (!index) return tl::unexpected(index.error());
  std::map<std::string, std::size_t> opened;
  for (const auto& [tensor, file] : *index) {
    if (!opened.contains(file)) {
      opened.emplace(file, shards.files.size());
      if (auto added = add_file(shards, folder / file); !added) return tl::unexpected(added.error());
    }
    const auto found = shards.file_of.find(tensor);
    if (found == shards.file_of.end() || found->second != opened[file]) {
      return refuse(ErrorKind::corrupt, "tensor '" + tensor + "' is not in " + file,
                    "The shards and the index belong to different models.", index_path.string());
    }
  }
  return shards;
}

bool may_be_ignored(std::string_view name, const ModelConfig& config) {
  return name.ends_with(".rotary_emb.inv_freq") || (name == "lm_head.weight" && config.tied_embeddings);
}

}  // namespace

Result<Parameters> load_weights(const fs::path& folder, const ModelConfig& config) {
  auto shards = open_shards(folder);
  if (!shards) return tl::unexpected(shards.error());

  // Names and shapes first, so that a wrong file is refused before memory for a large model is taken.
  for (const ParameterInfo& info : parameter_list(config)) {
    if (!shards->file_of.contains(info.name)) {
      return refuse(ErrorKind::invalid, "tensor '" + info.name + "' is missing",
                    "The weights and config.json belong to different models.", folder.string());
    }
    const SafetensorsFile& file = shards->files[shards->file_of.find(info.name)->second];
    if (auto fits = file.check(*file.find(info.name), info.shape); !fits) return tl::unexpected(fits.error());
  }
  Parameters parameters(config);
  for (const ParameterInfo& info : parameters.list()) {
    const SafetensorsFile& file = shards->files[shards->file_of.find(info.name)->second];
    const StoredTensor& tensor = *file.find(info.name);
    to_floats(parameters.tensor(info.name), tensor.bytes, tensor.type);
    shards->file_of.erase(info.name);
  }
  for (const auto& [name, file] : shards->file_of) {
    if (may_be_ignored(name, config)) continue;
    const std::string where = shards->files[file].path().string();
    return refuse(ErrorKind::unsupported, "tensor '" + name + "' has no place in a " + config.architecture,
                  "A model with parts that would be left out would compute something else.", where);
  }
  return parameters;
}

}  // namespace preceptor::engine
