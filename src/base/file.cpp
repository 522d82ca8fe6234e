#include "base/file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/descriptor.hpp"
#include "base/format.hpp"
#include "base/password.hpp"

namespace preceptor {
namespace fs = std::filesystem;
namespace {

bool is_space(int code) { return code == ENOSPC || code == EDQUOT || code == EFBIG; }

Result<Descriptor> open_to_read(const fs::path& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts {};
  if (!file || ::fstat(file.number(), &facts) != 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return refuse(missing ? ErrorKind::not_found : ErrorKind::unavailable,
                  missing ? "there is no such file" : format("cannot be read: {}", std::strerror(errno)),
                  missing ? "check the path" : "check the permissions", path.string());
  }
  if (!S_ISREG(facts.st_mode)) return refuse(ErrorKind::invalid, "is not a file", {}, path.string());
  return file;
}

std::size_t size_of(const Descriptor& file) {
  struct stat facts {};
  ::fstat(file.number(), &facts);
  return static_cast<std::size_t>(facts.st_size);
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t bytes_max) {
  auto file = open_to_read(path);
  if (!file) return tl::unexpected(file.error());
  const std::size_t size = size_of(*file);
  if (size > bytes_max) {
    return refuse(ErrorKind::too_large, format("has {} bytes, at most {} are read", size, bytes_max), {},
                  path.string());
  }
  std::string content(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::read(file->number(), content.data() + filled, size - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return refuse(ErrorKind::unavailable, format("cannot be read: {}", std::strerror(errno)), {},
                    path.string());
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  content.resize(filled);
  return content;
}

void write_file_atomic(const fs::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

AtomicFile::AtomicFile(fs::path path)
    : path_(std::move(path)), temporary_(format("{}.{}.part", path_.string(), random_token(9))) {
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail("create a file in that folder", errno);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::fail(std::string_view doing, int code) const {
  throw Failure(is_space(code) ? ErrorKind::out_of_space : ErrorKind::internal,
                format("could not {}: {}", doing, std::strerror(code)),
                is_space(code) ? "free some space and try again; what was there before is untouched" : "",
                path_.string());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail("bring the file to the disk", errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("put the file in its place", errno);
  ::close(std::exchange(descriptor_, -1));
  sync_folder(path_.parent_path());
}

void sync_folder(const fs::path& folder) {
  const fs::path place = folder.empty() ? fs::path(".") : folder;
  const Descriptor open_folder(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open_folder || ::fsync(open_folder.number()) != 0) {
    throw Failure(ErrorKind::internal, format("could not sync the folder: {}", std::strerror(errno)), {},
                  place.string());
  }
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "preceptor.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw Failure(ErrorKind::internal, format("could not make a temporary folder: {}", std::strerror(errno)),
                  {}, name);
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Result<MappedFile> MappedFile::open(const fs::path& path) {
  auto file = open_to_read(path);
  if (!file) return tl::unexpected(file.error());
  const std::size_t size = size_of(*file);
  if (size == 0) return MappedFile({});
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file->number(), 0);
  if (memory == MAP_FAILED) {
    return refuse(ErrorKind::unavailable, format("cannot be mapped: {}", std::strerror(errno)), {},
                  path.string());
  }
  return MappedFile({static_cast<const std::byte*>(memory), size});
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace preceptor
