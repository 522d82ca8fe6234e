#include "store/sqlite_database.hpp"

#include <sqlite3.h>

#include "base/log.hpp"
#include "base/thread_name.hpp"
#include "store/migrations.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement begin_read{"begin_read", "BEGIN"};
constexpr Statement begin_write{"begin_write", "BEGIN IMMEDIATE"};
constexpr Statement commit{"commit", "COMMIT"};
constexpr Statement rollback{"rollback", "ROLLBACK"};
constexpr Statement savepoint{"savepoint", "SAVEPOINT command"};
constexpr Statement release{"release", "RELEASE command"};
constexpr Statement rollback_to{"rollback_to", "ROLLBACK TO command"};
constexpr Statement vacuum_into{"backup", "VACUUM INTO $1"};

void roll_back(SqliteConnection& connection) {
  if (!connection.in_transaction()) return;
  try {
    connection.run(rollback, {});
  } catch (const Failure& failure) {
    log_error("a transaction could not be rolled back: {}", failure.error.message);
  }
}

// The outcome of one command under its savepoint.
std::exception_ptr run_guarded(SqliteConnection& connection, SqlRecords& records, Command& command) {
  try {
    connection.run(savepoint, {});
    command.work(records);
    connection.run(release, {});
    return nullptr;
  } catch (...) {
    const std::exception_ptr problem = std::current_exception();
    // A full disk makes SQLite roll the whole transaction back by itself.
    if (connection.in_transaction()) {
      connection.run(rollback_to, {});
      connection.run(release, {});
    }
    return problem;
  }
}

}  // namespace

SqliteDatabase::SqliteDatabase(const OpenOptions& options)
    : options_(options),
      writer_(options.database, Access::read_write, options.busy_timeout_ms),
      readers_(options.connections_max,
               [this] {
                 return std::make_unique<SqliteConnection>(options_.database, Access::read_only,
                                                           options_.busy_timeout_ms);
               }),
      checkpointer_(options.database, options.busy_timeout_ms) {
  writer_.keep_log();
  writer_.run(begin_write, {});
  try {
    migrate(writer_);
    writer_.run(commit, {});
  } catch (...) {
    roll_back(writer_);
    throw;
  }
  // The migration is durable; from here on commits leave that to the syncer.
  syncer_.emplace(options_.database, figures_);
  writer_.leave_syncing();
  thread_ = std::thread([this] { write_until_closed(); });
}

SqliteDatabase::~SqliteDatabase() {
  queue_.close();
  thread_.join();
}

void SqliteDatabase::read(const std::function<void(loop::Records&)>& query) {
  auto connection = readers_.take();
  connection->run(begin_read, {});
  try {
    SqlRecords records(*connection, records_memory_);
    query(records);
    connection->run(commit, {});
  } catch (...) {
    roll_back(*connection);
    throw;
  }
}

void SqliteDatabase::write(const std::function<void(loop::Records&)>& command) {
  push_and_wait([this](Command pushed) { queue_.push(std::move(pushed)); }, command);
}

void SqliteDatabase::post_write(std::function<void(loop::Records&)> command,
                                std::function<void(std::exception_ptr)> done) {
  queue_.push({std::move(command), std::move(done)});
}

void SqliteDatabase::write_until_closed() {
  name_thread("store-writer");
  for (;;) {
    auto batch = queue_.pop(options_.batch_commands);
    if (batch.empty()) return;
    write_batch(std::move(batch));
  }
}

// A savepoint copies each page that a command changes, for the rare one that fails after its first change. So
// the first try is without; false: one has failed so, and nothing of the batch was done.
bool SqliteDatabase::run_together(SqlRecords& records, std::vector<Command>& batch, Problems& problems) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto changes_before = writer_.changes();
    try {
      batch[i].work(records);
    } catch (...) {
      problems[i] = std::current_exception();
      if (!writer_.in_transaction()) throw;
      if (writer_.changes() == changes_before) continue;
      writer_.run(rollback, {});
      return false;
    }
  }
  return true;
}

void SqliteDatabase::run_apart(SqlRecords& records, std::vector<Command>& batch, Problems& problems) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    problems[i] = run_guarded(writer_, records, batch[i]);
    if (!writer_.in_transaction()) std::rethrow_exception(problems[i]);
  }
}

void SqliteDatabase::write_batch(std::vector<Command> commands) {
  CommittedBatch batch;
  batch.problems.resize(commands.size());
  batch.commands = std::move(commands);
  try {
    syncer_->check();
    SqlRecords records(writer_, records_memory_);
    writer_.run(begin_write, {});
    if (!run_together(records, batch.commands, batch.problems)) {
      writer_.run(begin_write, {});
      run_apart(records, batch.commands, batch.problems);
    }
    const auto begin = std::chrono::steady_clock::now();
    writer_.run(commit, {});
    batch.spent = std::chrono::steady_clock::now() - begin;
    batch.in_log = true;
  } catch (...) {
    // Nothing of the batch is in the log: nobody may be told that it is.
    const std::exception_ptr failed = std::current_exception();
    roll_back(writer_);
    for (std::exception_ptr& problem : batch.problems) {
      if (!problem) problem = failed;
    }
  }
  syncer_->push(std::move(batch));
  move_log();
}

// After the commit: nobody waits for it.
void SqliteDatabase::move_log() {
  try {
    checkpointer_.committed(writer_);
  } catch (const Failure& failure) {
    log_warning("the database's log could not be moved into its file: {}", failure.error.message);
  }
}

DatabaseInfo SqliteDatabase::info() {
  return {.engine = std::string("SQLite ") + sqlite3_libversion(),
          .address = options_.database,
          .schema_version = schema_version()};
}

Result<void> SqliteDatabase::backup(const std::filesystem::path& target) {
  if (std::filesystem::exists(target)) {
    return refuse(ErrorKind::conflict, target.string() + " exists already",
                  "Name a file that does not exist yet.");
  }
  try {
    // A reader refuses to write anything, this file too.
    SqliteConnection connection(options_.database, Access::read_write, options_.busy_timeout_ms);
    const std::string path = target.string();
    connection.run(vacuum_into, {text(path)});
  } catch (const Failure& failure) {
    std::error_code ignored;
    std::filesystem::remove(target, ignored);
    return tl::unexpected(failure.error);
  }
  return {};
}

}  // namespace preceptor::store
