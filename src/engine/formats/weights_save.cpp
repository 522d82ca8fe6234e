#include <cstdio>
#include <list>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/file.hpp"
#include "engine/formats/safetensors.hpp"
#include "engine/formats/weights.hpp"

namespace preceptor::engine {
namespace {

// Tensors as files hold them: borrowed from the parameters, or transposed copies.
class StoredTensors {
public:
  explicit StoredTensors(const Parameters& parameters) {
    for (const ParameterInfo& info : parameters.list()) {
      const auto values = parameters.values().subspan(info.offset, info.count);
      tensors_.push_back(
          {info.name, info.stored_shape(), info.stored_transposed ? transposed(values, info) : values});
    }
  }

  const std::vector<TensorToWrite>& all() const { return tensors_; }

private:
  std::span<const float> transposed(std::span<const float> values, const ParameterInfo& info) {
    const auto rows = static_cast<std::size_t>(info.shape.front());
    const std::size_t columns = values.size() / rows;
    std::vector<float>& copy = copies_.emplace_back(values.size());
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column)
        copy[column * rows + row] = values[row * columns + column];
    }
    return copy;
  }

  std::vector<TensorToWrite> tensors_;
  std::list<std::vector<float>> copies_;
};

using Shard = std::vector<TensorToWrite>;

// Tensors in order, a new shard whenever the next one would pass the limit; a single larger tensor stands
// alone.
std::vector<Shard> split(const StoredTensors& tensors, StoredType type, std::size_t shard_bytes_max) {
  std::vector<Shard> shards(1);
  std::size_t bytes = 0;
  for (const TensorToWrite& tensor : tensors.all()) {
    const std::size_t more = tensor.values.size() * bytes_per_value(type);
    if (!shards.back().empty() && bytes + more > shard_bytes_max) {
      shards.emplace_back();
      bytes = 0;
    }
    shards.back().push_back(tensor);
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
  const StoredTensors tensors(parameters);
  const std::vector<Shard> shards = split(tensors, type, shard_bytes_max);
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
