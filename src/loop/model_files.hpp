// The list of a model's files as it stands in its row: names and the blobs that hold them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/blob.hpp"
#include "base/result.hpp"

namespace preceptor::loop {

struct ModelFile {
  std::string name;  // a plain file name, no folder
  std::string sha256;
  std::int64_t bytes = 0;
};

Result<std::vector<ModelFile>> model_files_from_json(std::string_view json);
std::string model_files_to_json(const std::vector<ModelFile>&);

// Stores every regular file of the folder as a blob; ordered by name.
std::vector<ModelFile> store_model_files(BlobStore&, const std::filesystem::path& folder);

// One hash for the weights: that of model.safetensors, or of the shards' hashes in order of their names.
std::string weights_hash(const std::vector<ModelFile>&);

}  // namespace preceptor::loop
