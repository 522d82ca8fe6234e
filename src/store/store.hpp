// Opens the workspace's database: SQLite by path, PostgreSQL by URL.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "loop/storage.hpp"

namespace preceptor::store {

struct OpenOptions {
  // "postgresql://…" or "postgres://…": PostgreSQL 15 or later; anything else: the path of an SQLite file,
  // made when absent (its folder must exist).
  std::string database;
  int connections_max = 8;                  // read connections (SQLite), all connections (PostgreSQL)
  int busy_timeout_ms = 10'000;             // how long to wait for another process that writes the same file
  std::size_t batch_commands = 64;          // at most so many commands in one commit (SQLite)
  std::size_t gathered_commands_max = 256;  // at most so many in one transaction (PostgreSQL)
};

struct DatabaseInfo {
  std::string engine;   // "SQLite 3.40.1", "PostgreSQL 15.10"
  std::string address;  // path or URL without its password
  std::int64_t schema_version = 0;
};

class Database : public loop::Storage {
public:
  virtual DatabaseInfo info() = 0;
  // A consistent copy in one file while others go on writing: an SQLite database, or what pg_dump makes of
  // PostgreSQL's. Refuses with conflict when the file is there. The way back: restoring.hpp.
  virtual Result<void> backup(const std::filesystem::path& target) = 0;
};

// Opens, and brings the schema up to date under a lock. Throws Failure: unsupported when the database is
// newer than this program (or the server too old), unavailable when it cannot be reached, corrupt when it is
// no database.
std::unique_ptr<Database> open(const OpenOptions&);

// The schema version that this program writes.
std::int64_t schema_version();

}  // namespace preceptor::store
