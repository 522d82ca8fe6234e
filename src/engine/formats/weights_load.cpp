#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/file.hpp"
#include "base/json.hpp"
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

Result<void> add_file(WeightFiles& weights, const fs::path& path) {
  auto file = SafetensorsFile::open(path);
  if (!file) return tl::unexpected(file.error());
  for (const StoredTensor& tensor : file->tensors()) {
    if (!weights.places.emplace(tensor.name, TensorPlace{weights.files.size(), tensor.name}).second) {
      return refuse(ErrorKind::corrupt, "tensor '" + tensor.name + "' stands in another shard already", "",
                    path.string());
    }
  }
  weights.files.push_back(std::move(*file));
  return {};
}

Result<WeightFiles> open_files(const fs::path& folder) {
  WeightFiles weights;
  const fs::path index_path = folder / "model.safetensors.index.json";
  if (!fs::exists(index_path)) {
    const fs::path single = folder / "model.safetensors";
    if (!fs::exists(single)) {
      return refuse(ErrorKind::not_found, "neither model.safetensors nor its index",
                    "Only safetensors weights can be read; convert .bin files with transformers.",
                    folder.string());
    }
    if (auto added = add_file(weights, single); !added) return tl::unexpected(added.error());
    return weights;
  }
  auto index = read_index(index_path);
  if (!index) return tl::unexpected(index.error());
  std::map<std::string, std::size_t> opened;
  for (const auto& [tensor, file] : *index) {
    if (!opened.contains(file)) {
      opened.emplace(file, weights.files.size());
      if (auto added = add_file(weights, folder / file); !added) return tl::unexpected(added.error());
    }
    const auto found = weights.places.find(tensor);
    if (found == weights.places.end() || found->second.file != opened[file]) {
      return refuse(ErrorKind::corrupt, "tensor '" + tensor + "' is not in " + file,
                    "The shards and the index belong to different models.", index_path.string());
    }
  }
  return weights;
}

constexpr std::string_view gpt2_body = "transformer.";

// Gives the tensors of a bare GPT-2 body the names they have in the whole model.
void name_as_in_the_whole_model(WeightFiles& weights, const ModelConfig& config) {
  if (config.naming != TensorNaming::gpt2 || !weights.places.contains("wte.weight")) return;
  std::map<std::string, TensorPlace, std::less<>> named;
  for (auto& [name, place] : weights.places) {
    const bool head = name == "lm_head.weight" || name == "score.weight";
    named.emplace(head ? name : std::string(gpt2_body) + name, std::move(place));
  }
  weights.places = std::move(named);
}

bool may_be_ignored(std::string_view name, const ModelConfig& config) {
  if (name == "lm_head.weight") return config.tied_embeddings;
  if (config.naming == TensorNaming::gpt2) {
    return name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias");  // the causal mask
  }
  return name.ends_with(".rotary_emb.inv_freq");
}

// out: (rows, columns)   stored: (columns, rows)
void transpose(std::span<float> out, std::span<const float> stored, std::size_t rows) {
  const std::size_t columns = out.size() / rows;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column)
      out[row * columns + column] = stored[column * rows + row];
  }
}

}  // namespace

const StoredTensor& WeightFiles::tensor(std::string_view name) const {
  const TensorPlace& place = places.find(name)->second;
  return *files[place.file].find(place.stored_name);
}

Result<WeightFiles> open_weights(const fs::path& folder, const ModelConfig& config) {
  auto weights = open_files(folder);
  if (!weights) return tl::unexpected(weights.error());
  name_as_in_the_whole_model(*weights, config);
  std::set<std::string_view> needed;
  const std::vector<ParameterInfo> list = parameter_list(config);
  for (const ParameterInfo& info : list) {
    needed.insert(info.name);
    const auto found = weights->places.find(info.name);
    if (found == weights->places.end()) {
      return refuse(ErrorKind::invalid, "tensor '" + info.name + "' is missing",
                    "The weights and config.json belong to different models.", folder.string());
    }
    const SafetensorsFile& file = weights->files[found->second.file];
    if (auto fits = file.check(weights->tensor(info.name), info.stored_shape()); !fits)
      return tl::unexpected(fits.error());
  }
  for (const auto& [name, place] : weights->places) {
    if (needed.contains(name) || may_be_ignored(name, config)) continue;
    return refuse(ErrorKind::unsupported,
                  "tensor '" + place.stored_name + "' has no place in a " + config.architecture,
                  "A model with parts that would be left out would compute something else.",
                  weights->files[place.file].path().string());
  }
  return weights;
}

// Headers are checked first, so that a wrong file is refused before memory for a large model is taken.
Result<Parameters> load_weights(const fs::path& folder, const ModelConfig& config) {
  const auto weights = open_weights(folder, config);
  if (!weights) return tl::unexpected(weights.error());
  Parameters parameters(config);
  std::vector<float> stored;
  for (const ParameterInfo& info : parameters.list()) {
    const StoredTensor& tensor = weights->tensor(info.name);
    const std::span<float> out = parameters.values().subspan(info.offset, info.count);
    if (!info.stored_transposed) {
      to_floats(out, tensor.bytes, tensor.type);
      continue;
    }
    stored.resize(info.count);
    to_floats(stored, tensor.bytes, tensor.type);
    transpose(out, stored, static_cast<std::size_t>(info.shape.front()));
  }
  return parameters;
}

}  // namespace preceptor::engine
