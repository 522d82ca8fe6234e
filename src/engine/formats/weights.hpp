#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/formats/safetensors.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// Where a tensor stands. Files of the bare GPT-2 body name their tensors without "transformer.".
struct TensorPlace {
  std::size_t file = 0;  // index into WeightFiles::files
  std::string stored_name;
};

struct WeightFiles {
  std::vector<SafetensorsFile> files;
  std::map<std::string, TensorPlace, std::less<>> places;  // by the model's name of the tensor

  const StoredTensor& tensor(std::string_view name) const;  // of a name in places
};

// model.safetensors, or the shards that model.safetensors.index.json names, mapped and checked by their
// headers. Every tensor that the model needs must be there with the right shape and type; one that it has no
// use for is refused too, since leaving out, say, a bias would quietly compute something else. A tied model
// may carry a copy of its head, and old files their rotary frequencies or causal masks.
Result<WeightFiles> open_weights(const std::filesystem::path& folder, const ModelConfig& config);

Result<Parameters> load_weights(const std::filesystem::path& folder, const ModelConfig& config);

// Writes one file, or shards with their index when the weights take more than shard_bytes_max. Throws
// Failure.
void save_weights(const std::filesystem::path& folder, const Parameters& parameters, StoredType type,
                  std::size_t shard_bytes_max);

}  // namespace preceptor::engine
