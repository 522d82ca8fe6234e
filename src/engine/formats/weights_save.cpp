#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/file.hpp"
#include "engine/formats/safetensors.hpp"
#include "engine/formats/weights.hpp"

namespace preceptor::engine {
namespace {

using Shard = std::vector<TensorToWrite>;

// Tensors in order, a new shard whenever the next one would pass the limit; a single larger tensor stands
// alone.
std::vector<Shard> split(const Parameters& parameters, StoredType type, std::size_t shard_bytes_max) {
  std::vector<Shard> shards(1);
  std::size_t bytes = 0;
  for (const ParameterInfo& info : parameters.list()) {
    const std::size_t more = info.count * bytes_per_value(type);
    if (!shards.back().empty() && bytes + more > shard_bytes_max) {
      shards.emplace_back();
      bytes = 0;
    }
    shards.back().push_back({info.name, info.shape, parameters.tensor(info.name)});
    bytes += more;
  }
  return shards;
}

std::string shard_name(std::size_t index, std::size_t count) {
  char name[64];
  std::snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", index + 1, count);
  return name;
}

}  // namespace

void save_weights(const std::filesystem::path& folder, const Parameters& parameters, StoredType type,
                  std::size_t shard_bytes_max) {
  const std::map<std::string, std::string> metadata = {{"format", "pt"}};
  const std::vector<Shard> shards = split(parameters, type, shard_bytes_max);
  if (shards.size() == 1) {
    write_safetensors(folder / "model.safetensors", shards.front(), type, metadata);
    return;
  }
  nlohmann::json weight_map = nlohmann::json::object();
  for (std::size_t index = 0; index < shards.size(); ++index) {
    const std::string name = shard_name(index, shards.size());
    write_safetensors(folder / name, shards[index], type, metadata);
    for (const TensorToWrite& tensor : shards[index]) weight_map[tensor.name] = name;
  }
  const nlohmann::json index = {{"metadata", {{"total_size", parameters.count() * bytes_per_value(type)}}},
                                {"weight_map", std::move(weight_map)}};
  write_file_atomic(folder / "model.safetensors.index.json", index.dump(2) + "\n");
}

}  // namespace preceptor::engine
