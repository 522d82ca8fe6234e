// PostgreSQL's own tools, for copies of a whole database: one consistent snapshot, while others go on.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace preceptor::store {

// Into a file in pg_dump's own compressed format. Refuses with unsupported when the machine has no pg_dump,
// with unavailable when it fails.
Result<void> dump_postgres(const std::string& url, const std::filesystem::path& file);

// Into a database that holds no tables yet: all or nothing.
Result<void> restore_postgres(const std::string& url, const std::filesystem::path& file);

}  // namespace preceptor::store
