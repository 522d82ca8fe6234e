#include "net/partial_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/result.hpp"

namespace preceptor::net {

PartialFile::PartialFile(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code ignored;
  if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), ignored);
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
  struct stat facts {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &facts) != 0) fail("be opened", errno);
  size_ = static_cast<std::uint64_t>(facts.st_size);
}

PartialFile::~PartialFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  std::error_code ignored;
  if (size_ == 0) std::filesystem::remove(path_, ignored);
}

void PartialFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("be written", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += static_cast<std::uint64_t>(written);
  }
}

void PartialFile::clear() {
  if (::ftruncate(descriptor_, 0) != 0) fail("be emptied", errno);
  size_ = 0;
}

void PartialFile::sync() {
  if (::fsync(descriptor_) != 0) fail("be written", errno);
}

void PartialFile::become(const std::filesystem::path& target) {
  if (::rename(path_.c_str(), target.c_str()) != 0) fail("be renamed", errno);
  sync_folder(target.has_parent_path() ? target.parent_path() : std::filesystem::path("."));
}

void PartialFile::fail(const char* doing, int number) const {
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  throw Failure(Error{.kind = full ? ErrorKind::out_of_space : ErrorKind::internal,
                      .message = format("cannot {}: {}", doing, std::strerror(number)),
                      .hint = full ? "Free some space and run the same command again: it goes on." : "",
                      .where = path_.string()});
}

}  // namespace preceptor::net
