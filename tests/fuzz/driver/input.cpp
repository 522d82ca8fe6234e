#include "driver/input.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace preceptor::fuzz {

namespace fs = std::filesystem;

void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "this does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

std::string_view take_until(std::string_view& rest, std::string_view mark) {
  const std::size_t at = rest.find(mark);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + mark.size());
  return taken;
}

std::vector<std::pair<std::string, std::string>> cut_into_files(std::string_view text) {
  constexpr std::string_view mark = "=== ";
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  std::vector<std::pair<std::string, std::string>> files;
  take_until(text, mark);
  while (!text.empty()) {
    std::string_view file = take_until(text, "\n=== ");
    const std::string_view name = take_until(file, "\n");
    const bool plain = !name.empty() && name.size() < 100 && name != "." && name != ".." &&
                       name.find_first_not_of(letters) == std::string_view::npos;
    if (plain) files.emplace_back(name, file);
  }
  return files;
}

MemoryFile::MemoryFile(std::string_view content) : descriptor_(::memfd_create("fuzz", 0)) {
  require(descriptor_ >= 0, "the system makes files in memory");
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor_, content.data(), content.size());
    require(written > 0, "a file in memory can be written");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

fs::path MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

const fs::path& scratch_folder() {
  struct Folder {
    fs::path path;
    Folder() {
      const fs::path parent = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
      std::string pattern = (parent / "preceptor-fuzz-XXXXXX").string();
      require(::mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made");
      path = pattern;
    }
    ~Folder() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  };
  static const Folder folder;
  return folder.path;
}

void fill_folder(const fs::path& folder, const std::vector<std::pair<std::string, std::string>>& files) {
  for (const auto& entry : fs::directory_iterator(folder)) fs::remove_all(entry.path());
  for (const auto& [name, content] : files) std::ofstream(folder / name, std::ios::binary) << content;
}

}  // namespace preceptor::fuzz
