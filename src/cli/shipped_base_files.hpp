// The bytes themselves: a file that the build writes from demo/base defines this function.
#pragma once

#include <span>
#include <string_view>

namespace preceptor::cli {

struct ShippedFile {
  std::string_view name;
  std::string_view content;
};

std::span<const ShippedFile> shipped_base_files();

}  // namespace preceptor::cli
