#pragma once

#include <cstddef>
#include <filesystem>

#include "base/result.hpp"
#include "engine/formats/stored_type.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// model.safetensors, or the shards that model.safetensors.index.json names. Every tensor that the model needs
// must be there with the right shape; one that it has no use for is refused too, since leaving out, say, a
// bias would quietly compute something else. A tied model may carry a copy of its head, and old files their
// rotary frequencies.
Result<Parameters> load_weights(const std::filesystem::path& folder, const ModelConfig& config);

// Writes one file, or shards with their index when the weights take more than shard_bytes_max. Throws
// Failure.
void save_weights(const std::filesystem::path& folder, const Parameters& parameters, StoredType type,
                  std::size_t shard_bytes_max);

}  // namespace preceptor::engine
