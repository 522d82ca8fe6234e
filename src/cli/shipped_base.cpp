#include "cli/shipped_base.hpp"

#include <cstddef>
#include <span>
#include <string_view>

#include "base/file.hpp"
#include "cli/shipped_base_files.hpp"

namespace preceptor::cli {

bool shipped_base_is_there() { return !shipped_base_files().empty(); }

void write_shipped_base(const std::filesystem::path& folder) {
  if (!shipped_base_is_there())
    throw Failure(
        ErrorKind::unavailable, "This program was built without the demo's base model.",
        "Make it with preceptor train pretrain --recipe demo/base.toml --out demo/base, then build again.");
  std::filesystem::create_directories(folder);
  for (const ShippedFile& file : shipped_base_files()) write_file_atomic(folder / file.name, file.content);
}

}  // namespace preceptor::cli
