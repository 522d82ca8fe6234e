#include "base/version.hpp"

namespace preceptor {

std::string_view version() { return PRECEPTOR_VERSION; }

}  // namespace preceptor
