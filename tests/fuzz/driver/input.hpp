#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What fuzz targets are written with.
namespace preceptor::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Ends the program and says what does not hold.
void require(bool holds, std::string_view what);

// The text up to `mark`, which is taken off `rest` together with the mark; all of it when there is no mark.
std::string_view take_until(std::string_view& rest, std::string_view mark);

// Cuts "=== a.json\n…\n=== b.json\n…\n" into names and contents. What stands before the first name is
// dropped; a name that is not letters, digits, '.', '_' and '-' too.
std::vector<std::pair<std::string, std::string>> cut_into_files(std::string_view text);

// A file that is only in memory, to be opened under path() while this object lives.
class MemoryFile {
public:
  explicit MemoryFile(std::string_view content);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::filesystem::path path() const;

private:
  int descriptor_;
};

// A folder in memory where the machine has one, empty at first and removed at the end of the program.
const std::filesystem::path& scratch_folder();

// Fills an existing folder: the files replace all that was in it.
void fill_folder(const std::filesystem::path& folder,
                 const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace preceptor::fuzz
