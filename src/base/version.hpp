#pragma once

#include <string_view>

namespace preceptor {

// "0.1.0", from the top CMakeLists.txt.
std::string_view version();

}  // namespace preceptor
