#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace preceptor {

// Immutable content under the SHA-256 of its bytes. Writing the same content again is harmless.
struct BlobStore {
  virtual ~BlobStore() = default;

  // Returns the SHA-256 in hexadecimal once the content is on the disk. Throws Failure, leaving no partial
  // blob.
  virtual std::string put(std::string_view content) = 0;
  virtual std::string put_file(const std::filesystem::path& path) = 0;
  // A file to read the content from; invalid when this is no SHA-256, not_found when nothing has it.
  virtual Result<std::filesystem::path> path_of(std::string_view sha256) const = 0;
  // What there is now, in any order; what is put meanwhile may be left out.
  virtual std::vector<std::string> names() const = 0;
};

// In a folder: objects/ab/cdef… Several processes may write at once.
class LocalBlobStore final : public BlobStore {
public:
  explicit LocalBlobStore(std::filesystem::path folder);

  std::string put(std::string_view content) override;
  std::string put_file(const std::filesystem::path& path) override;
  Result<std::filesystem::path> path_of(std::string_view sha256) const override;
  std::vector<std::string> names() const override;

private:
  std::filesystem::path place_of(std::string_view sha256) const;
  std::filesystem::path folder_;
};

}  // namespace preceptor
