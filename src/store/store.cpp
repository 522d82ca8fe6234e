#include "store/store.hpp"

#include "store/migrations.hpp"
#include "store/postgres_database.hpp"
#include "store/sqlite_database.hpp"

namespace preceptor::store {

std::unique_ptr<Database> open(const OpenOptions& options) {
  if (options.database.starts_with("postgresql://") || options.database.starts_with("postgres://")) {
    return std::make_unique<PostgresDatabase>(options);
  }
  return std::make_unique<SqliteDatabase>(options);
}

std::int64_t schema_version() { return migrations().back().version; }

}  // namespace preceptor::store
