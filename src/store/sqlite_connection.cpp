#include "store/sqlite_connection.hpp"

#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>

namespace preceptor::store {
namespace {

class SqliteRow final : public Row {
public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string text(int column) const override {
    const auto* begin = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return begin == nullptr
               ? std::string()
               : std::string(begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  }

private:
  sqlite3_stmt* statement_;
};

// SQLite numbers its parameters ?1, ?2, …
std::string with_question_marks(std::string_view text) {
  std::string result(text);
  for (std::size_t i = 0; i + 1 < result.size(); ++i) {
    if (result[i] == '$' && std::isdigit(static_cast<unsigned char>(result[i + 1])) != 0) result[i] = '?';
  }
  return result;
}

// The values outlive the run, so nothing is copied.
int bind(sqlite3_stmt* statement, int place, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    return sqlite3_bind_int64(statement, place, *integer);
  if (const auto* real = std::get_if<double>(&value)) return sqlite3_bind_double(statement, place, *real);
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    const char* begin = text->empty() ? "" : text->data();
    return sqlite3_bind_text64(statement, place, begin, text->size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, place);
}

[[noreturn]] void cannot_open(const std::filesystem::path& path, int problem) {
  throw Failure(problem == ENOSPC ? ErrorKind::out_of_space : ErrorKind::unavailable,
                "the database " + path.string() + " cannot be opened: " + std::strerror(problem),
                "Check the folder and its permissions.");
}

// The library would take one lock of all its connections at each allocation, to count the memory in use,
// which nobody asks for.
void count_no_memory() {
  [[maybe_unused]] static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// The file holds password hashes: nobody else reads it. Its companions inherit the mode.
// A file that is there is never opened here: closing it would let go of all locks that this process has on it
// through other connections (POSIX), and another process would take the log for abandoned and remove it.
std::string prepared_file(const std::filesystem::path& path, Access access) {
  count_no_memory();
  if (access == Access::read_only) return path.string();
  if (::access(path.c_str(), F_OK) == 0) {
    if (::access(path.c_str(), R_OK | W_OK) != 0) cannot_open(path, errno);
    return path.string();
  }
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0 && errno != EEXIST) cannot_open(path, errno);
  if (file >= 0) ::close(file);
  return path.string();
}

ErrorKind kind_of(int extended_code) {
  switch (extended_code) {
    // A quota or a limit on file sizes shows as a write that failed: SQLite keeps "full" for ENOSPC alone.
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
    case SQLITE_IOERR_SHMSIZE: return ErrorKind::out_of_space;
    default: break;
  }
  switch (extended_code & 0xff) {
    case SQLITE_FULL: return ErrorKind::out_of_space;
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY: return ErrorKind::unavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorKind::corrupt;
    case SQLITE_CONSTRAINT: return ErrorKind::conflict;
    default: return ErrorKind::internal;
  }
}

std::string hint_for(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::out_of_space:
      return "The disk is full, over its quota or failing. Free some space; nothing that was acknowledged is "
             "lost.";
    case ErrorKind::unavailable: return "Another process may hold the database; try again.";
    case ErrorKind::corrupt: return "Check that this is Preceptor's database; restore a backup if it is.";
    default: return {};
  }
}

[[noreturn]] void fail(int extended_code, const std::string& message) {
  const ErrorKind kind = kind_of(extended_code);
  throw Failure(kind, "the database says: " + message, hint_for(kind));
}

[[noreturn]] void translate(const SQLite::Exception& problem) {
  fail(problem.getExtendedErrorCode(), problem.what());
}

}  // namespace

SqliteConnection::SqliteConnection(const std::filesystem::path& path, Access access, int busy_timeout_ms) try
    : database_(prepared_file(path, access),
                SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX |
                    (access == Access::read_write ? SQLite::OPEN_CREATE : 0),
                busy_timeout_ms) {
  run_script(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = "
      "MEMORY;"
      "PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 67108864;");
  // A reader needs write access to the shared index of the log, never to the data.
  if (access == Access::read_only) run_script("PRAGMA query_only = ON;");
} catch (const SQLite::Exception& problem) {
  const ErrorKind kind = kind_of(problem.getExtendedErrorCode());
  throw Failure(kind, "the database " + path.string() + " cannot be opened: " + problem.what(),
                hint_for(kind));
}

void SqliteConnection::StatementEnd::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteConnection::fail_here() {
  fail(sqlite3_extended_errcode(database_.getHandle()), sqlite3_errmsg(database_.getHandle()));
}

sqlite3_stmt* SqliteConnection::prepared(const Statement& statement) {
  const auto found = statements_.find(statement.name);
  if (found != statements_.end()) return found->second.get();
  const std::string text = with_question_marks(statement.text);
  sqlite3_stmt* fresh = nullptr;
  if (sqlite3_prepare_v3(database_.getHandle(), text.c_str(), static_cast<int>(text.size() + 1),
                         SQLITE_PREPARE_PERSISTENT, &fresh, nullptr) != SQLITE_OK)
    fail_here();
  statements_.emplace(statement.name, fresh);
  return fresh;
}

std::int64_t SqliteConnection::run(const Statement& statement, std::initializer_list<Value> values,
                                   const std::function<void(const Row&)>& on_row) {
  sqlite3_stmt* const ready = prepared(statement);
  // Also lets go of the values, which belong to the caller.
  struct Reset {
    sqlite3_stmt* statement;
    ~Reset() {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    }
  } reset{ready};
  int place = 0;
  for (const Value& value : values) {
    if (bind(ready, ++place, value) != SQLITE_OK) fail_here();
  }
  std::int64_t rows = 0;
  const SqliteRow row(ready);
  int code = SQLITE_OK;
  while ((code = sqlite3_step(ready)) == SQLITE_ROW) {
    on_row(row);
    ++rows;
  }
  if (code != SQLITE_DONE) fail_here();
  return sqlite3_column_count(ready) > 0 ? rows : sqlite3_changes64(database_.getHandle());
}

void SqliteConnection::run_script(const std::string& text) {
  try {
    database_.exec(text);
  } catch (const SQLite::Exception& problem) {
    translate(problem);
  }
}

void SqliteConnection::leave_syncing() { run_script("PRAGMA synchronous = NORMAL;"); }

void SqliteConnection::keep_log() {
  const auto hook = [](void* pages, sqlite3*, const char*, int log_pages) {
    *static_cast<int*>(pages) = log_pages;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(database_.getHandle(), hook, &log_pages_);
}

void SqliteConnection::checkpoint() {
  const int code =
      sqlite3_wal_checkpoint_v2(database_.getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED) fail_here();
}

std::int64_t SqliteConnection::changes() const { return sqlite3_total_changes64(database_.getHandle()); }

bool SqliteConnection::in_transaction() const { return sqlite3_get_autocommit(database_.getHandle()) == 0; }

}  // namespace preceptor::store
