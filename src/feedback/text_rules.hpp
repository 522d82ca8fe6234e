// What every text that people send must keep to before it is stored.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace preceptor::feedback {

enum class Blank { allowed, refused };

// Refuses with too_large beyond bytes_max, with invalid for bad UTF-8, for U+0000 (PostgreSQL cannot keep
// it), and for nothing but white space where that is refused. `where` is a JSON pointer.
Result<void> check_text(std::string_view text, std::size_t bytes_max, Blank, std::string_view where);

bool is_blank(std::string_view text);

}  // namespace preceptor::feedback
