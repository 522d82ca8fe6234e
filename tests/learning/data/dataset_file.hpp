#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "learning/data/dataset.hpp"

namespace preceptor::learning {

// A file of its own for one test.
class DatasetFile {
public:
  explicit DatasetFile(std::string_view content, std::string_view name = "rows.jsonl")
      : path_(folder_.path() / name) {
    write_file_atomic(path_, content);
  }

  const std::filesystem::path& path() const { return path_; }
  ImportedData read(ReadOptions options = {}) const { return read_dataset(path_, options).value(); }

private:
  TemporaryFolder folder_;
  std::filesystem::path path_;
};

inline std::filesystem::path fixture(std::string_view name) {
  return std::filesystem::path(PRECEPTOR_TEST_FOLDER) / "fixtures" / name;
}

}  // namespace preceptor::learning
