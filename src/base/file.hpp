#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace preceptor {

// Refuses with not_found, too_large or unavailable.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max);

// Replaces the file as a whole: a temporary beside it, fsync, rename, fsync of the folder. Throws Failure
// (out_of_space or internal); whatever happens, the old file or the new one is there, never a mixture.
void write_file_atomic(const std::filesystem::path& path, std::string_view content);

// The same, piece by piece. Without commit() the destructor removes the temporary and the old file stays.
class AtomicFile {
public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  void commit();

private:
  void fail(std::string_view doing, int code) const;

  std::filesystem::path path_;
  std::string temporary_;
  int descriptor_ = -1;
};

// fsync of a folder, so that a rename inside it survives a power cut.
void sync_folder(const std::filesystem::path& folder);

// A fresh folder, removed with all it holds at the end of its life.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

// A file seen as memory, read only. The bytes stay valid as long as this object, wherever it is moved.
class MappedFile {
public:
  static Result<MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return bytes_; }

private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::span<const std::byte> bytes_;
};

}  // namespace preceptor
