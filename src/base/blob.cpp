#include "base/blob.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"

namespace preceptor {
namespace fs = std::filesystem;
namespace {

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

LocalBlobStore::LocalBlobStore(fs::path folder) : folder_(std::move(folder)) {
  fs::create_directories(folder_ / "objects");
}

fs::path LocalBlobStore::place_of(std::string_view sha256) const {
  return folder_ / "objects" / sha256.substr(0, 2) / sha256.substr(2);
}

std::string LocalBlobStore::put(std::string_view content) {
  const std::string sha256 = sha256_hex(content);
  const fs::path place = place_of(sha256);
  if (fs::exists(place)) return sha256;
  if (fs::create_directories(place.parent_path())) sync_folder(folder_ / "objects");
  write_file_atomic(place, content);
  return sha256;
}

std::string LocalBlobStore::put_file(const fs::path& path) {
  auto file = MappedFile::open(path);
  if (!file) throw Failure(file.error());
  const auto bytes = file->bytes();
  return put(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Result<fs::path> LocalBlobStore::path_of(std::string_view sha256) const {
  if (!is_sha256(sha256)) return refuse(ErrorKind::invalid, "is not a SHA-256 in hexadecimal");
  fs::path place = place_of(sha256);
  if (!fs::exists(place)) {
    return refuse(ErrorKind::not_found, format("no content with SHA-256 {}", sha256),
                  "was the folder moved or restored?", folder_.string());
  }
  return place;
}

std::vector<std::string> LocalBlobStore::names() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "objects")) {
    if (!entry.is_regular_file()) continue;
    std::string name = entry.path().parent_path().filename().string() + entry.path().filename().string();
    if (is_sha256(name)) names.push_back(std::move(name));  // others are temporaries of writers
  }
  return names;
}

}  // namespace preceptor
