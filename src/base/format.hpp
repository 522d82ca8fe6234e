#pragma once

#include <fmt/core.h>

namespace preceptor {

// Text formatting for every module: format("{} of {}", 3, 4).
using fmt::format;

}  // namespace preceptor
