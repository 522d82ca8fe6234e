#include "store/restoring.hpp"

#include <cstring>

#include "base/file.hpp"
#include "store/postgres_connection.hpp"
#include "store/postgres_dump.hpp"

namespace preceptor::store {
namespace {

constexpr Statement count_tables{
    "tables_count", "SELECT count(*) FROM sqlite_schema",
    "SELECT count(*) FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', "
    "'information_schema')"};

constexpr std::string_view sqlite_magic{"SQLite format 3\0", 16};

bool is_postgres(const std::string& address) {
  return address.starts_with("postgresql://") || address.starts_with("postgres://");
}

Result<void> write_copy(const std::filesystem::path& from, const std::filesystem::path& to) {
  auto content = MappedFile::open(from);
  if (!content) return tl::unexpected(content.error());
  AtomicFile file(to);
  file.write(content->bytes());
  file.commit();
  // It holds password hashes.
  std::filesystem::permissions(to, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return {};
}

}  // namespace

Result<void> restore(const std::filesystem::path& copy, const OpenOptions& options) {
  if (!std::filesystem::exists(copy))
    return refuse(ErrorKind::not_found, copy.string() + " is not there", "Name the folder of a backup.");
  const auto begin = MappedFile::open(copy);
  const bool sqlite = begin && begin->bytes().size() >= sqlite_magic.size() &&
                      std::memcmp(begin->bytes().data(), sqlite_magic.data(), sqlite_magic.size()) == 0;
  if (sqlite == is_postgres(options.database))
    return refuse(ErrorKind::unsupported,
                  sqlite ? "this is a copy of an SQLite database" : "this is a copy of a PostgreSQL database",
                  sqlite ? "Restore it without --database." : "Restore it with --database postgresql://…");
  if (sqlite) {
    for (const char* ending : {"", "-wal"})
      if (std::filesystem::exists(options.database + ending))
        return refuse(ErrorKind::conflict, options.database + ending + " is there already",
                      "A restore never overwrites: name a workspace that does not exist yet.");
    return write_copy(copy, options.database);
  }
  if (PostgresConnection(options.database).number(count_tables, {}) > 0)
    return refuse(ErrorKind::conflict, "the database has tables already",
                  "A restore never overwrites: make an empty database (createdb) and name that.");
  return restore_postgres(options.database, copy);
}

}  // namespace preceptor::store
