#pragma once

#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <memory>
#include <unordered_map>

#include "base/result.hpp"
#include "store/connection.hpp"

struct sqlite3_stmt;

namespace preceptor::store {

enum class Access { read_only, read_write };

// One SQLite handle with its prepared statements. Not synchronised.
class SqliteConnection final : public Connection {
public:
  // Read-write makes the file when absent. Both set foreign keys, WAL and synchronous=FULL.
  SqliteConnection(const std::filesystem::path&, Access, int busy_timeout_ms);

  Dialect dialect() const override { return Dialect::sqlite; }
  using Connection::run;
  std::int64_t run(const Statement&, std::initializer_list<Value>,
                   const std::function<void(const Row&)>& on_row) override;
  void run_script(const std::string&) override;

  // From now on a commit is in the log, yet not durable before the log has been flushed. Checkpoints flush as
  // they must.
  void leave_syncing();

  // From now on nothing but checkpoint() moves the log into the file; log_pages() is its length at the last
  // commit.
  void keep_log();
  int log_pages() const { return log_pages_; }
  void checkpoint();  // as far as nobody has to wait for it

  std::int64_t changes() const;  // rows inserted, updated and deleted since it was opened

  // False once SQLite has rolled the transaction back by itself (a full disk).
  bool in_transaction() const;

private:
  struct StatementEnd {
    void operator()(sqlite3_stmt*) const;
  };

  sqlite3_stmt* prepared(const Statement&);
  [[noreturn]] void fail_here();

  SQLite::Database database_;
  std::unordered_map<std::string_view, std::unique_ptr<sqlite3_stmt, StatementEnd>> statements_;
  int log_pages_ = 0;
};

}  // namespace preceptor::store
