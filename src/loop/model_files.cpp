#include "loop/model_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "base/json.hpp"

namespace preceptor::loop {

Result<std::vector<ModelFile>> model_files_from_json(std::string_view json) {
  const auto list = parse_json(json);
  if (!list) return tl::unexpected(list.error());
  std::vector<ModelFile> files;
  for (const nlohmann::json& entry : *list) {
    auto name = json_get<std::string>(entry, "name");
    auto sha256 = json_get<std::string>(entry, "sha256");
    const auto bytes = json_get<std::int64_t>(entry, "bytes");
    if (!name || !sha256 || !bytes || name->empty() || name->find('/') != std::string::npos ||
        (*name)[0] == '.')
      return refuse(ErrorKind::corrupt, "The list of a model's files is damaged.");
    files.push_back({std::move(*name), std::move(*sha256), *bytes});
  }
  return files;
}

std::string model_files_to_json(const std::vector<ModelFile>& files) {
  nlohmann::json list = nlohmann::json::array();
  for (const ModelFile& file : files)
    list.push_back({{"name", file.name}, {"sha256", file.sha256}, {"bytes", file.bytes}});
  return list.dump();
}

std::vector<ModelFile> store_model_files(BlobStore& blobs, const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file()) paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<ModelFile> files;
  for (const auto& path : paths)
    files.push_back({path.filename().string(), blobs.put_file(path),
                     static_cast<std::int64_t>(std::filesystem::file_size(path))});
  return files;
}

std::string weights_hash(const std::vector<ModelFile>& files) {
  Sha256 all;
  for (const ModelFile& file : files) {
    if (file.name == "model.safetensors") return file.sha256;
    if (file.name.ends_with(".safetensors")) all.add(file.sha256);
  }
  return all.hex();
}

}  // namespace preceptor::loop
