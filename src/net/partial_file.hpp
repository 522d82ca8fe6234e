#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace preceptor::net {

// A file that grows at its end and survives its writer, until it becomes the file it was meant to be. All
// functions throw Failure (out_of_space or internal).
class PartialFile {
public:
  explicit PartialFile(std::filesystem::path path);  // goes on with one that is there
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  void append(std::string_view bytes);
  void clear();  // an empty one is removed in the end
  void sync();
  void become(const std::filesystem::path& target);  // after sync(); the last act

private:
  [[noreturn]] void fail(const char* doing, int number) const;

  std::filesystem::path path_;
  std::uint64_t size_ = 0;
  int descriptor_ = -1;
};

}  // namespace preceptor::net
