#pragma once

#include <optional>
#include <thread>

#include "store/command_queue.hpp"
#include "store/commit_figures.hpp"
#include "store/pool.hpp"
#include "store/records_memory.hpp"
#include "store/sqlite_checkpointer.hpp"
#include "store/sqlite_connection.hpp"
#include "store/sqlite_log_syncer.hpp"
#include "store/store.hpp"

namespace preceptor::store {

class SqlRecords;

// One writer thread puts waiting commands into one commit, where each is done as a whole or not at all;
// another makes commits durable, then those who wait are told. Readers see the last commit through
// connections of their own, perhaps a moment before it is durable.
class SqliteDatabase final : public Database {
public:
  explicit SqliteDatabase(const OpenOptions&);
  ~SqliteDatabase() override;

  void read(const std::function<void(loop::Records&)>& query) override;
  void write(const std::function<void(loop::Records&)>& command) override;
  void post_write(std::function<void(loop::Records&)> command,
                  std::function<void(std::exception_ptr)> done) override;
  loop::StorageFigures figures() const override { return figures_.now(queue_.waiting()); }
  DatabaseInfo info() override;
  Result<void> backup(const std::filesystem::path& target) override;

private:
  using Problems = std::vector<std::exception_ptr>;

  void write_until_closed();
  void write_batch(std::vector<Command>);
  bool run_together(SqlRecords&, std::vector<Command>&, Problems&);
  void run_apart(SqlRecords&, std::vector<Command>&, Problems&);
  void move_log();

  OpenOptions options_;
  SqliteConnection writer_;
  Pool<SqliteConnection> readers_;
  SqliteCheckpointer checkpointer_;
  CommandQueue queue_;
  CommitFigures figures_;
  std::optional<SqliteLogSyncer> syncer_;
  RecordsMemory records_memory_;
  std::thread thread_;
};

}  // namespace preceptor::store
