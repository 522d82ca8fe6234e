// The schema's numbered steps, forward only, built into the program from src/store/migrations.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "store/connection.hpp"

namespace preceptor::store {

struct Migration {
  std::int64_t version;
  std::string_view name;
  std::string_view text;  // with {id} and the sections --sqlite, --postgresql, --both
};

std::span<const Migration> migrations();

// The text of a migration as one database reads it.
std::string migration_for(Dialect, std::string_view text);

// Brings the schema up to date. The caller has begun a transaction and holds a lock against others who do the
// same. Throws Failure(unsupported) when the database is newer than the program, Failure(corrupt) when a
// migration that was applied is not the one that this program knows.
void migrate(Connection&);

}  // namespace preceptor::store
