#pragma once

#include <thread>

#include "store/command_queue.hpp"
#include "store/commit_figures.hpp"
#include "store/gathering.hpp"
#include "store/pool.hpp"
#include "store/postgres_connection.hpp"
#include "store/records_memory.hpp"
#include "store/store.hpp"

namespace preceptor::store {

// Each command is a transaction of its own on a pooled connection; rows are locked where rules need it. A
// command that the database ended by itself (a deadlock) is run again, at most twice. Gathered commands share
// transactions on a thread of their own (gathering.hpp).
class PostgresDatabase final : public Database {
public:
  explicit PostgresDatabase(const OpenOptions&);
  ~PostgresDatabase() override;

  void read(const std::function<void(loop::Records&)>& query) override;
  void write(const std::function<void(loop::Records&)>& command) override;
  void post_write(std::function<void(loop::Records&)> command,
                  std::function<void(std::exception_ptr)> done) override;
  void post_gathered_write(std::function<void(loop::Records&)> command,
                           std::function<void(std::exception_ptr)> done, loop::Subjects) override;
  bool writes_one_by_one() const override { return false; }
  loop::StorageFigures figures() const override {
    return figures_.now(queue_.waiting() + gathered_.waiting());
  }
  DatabaseInfo info() override;
  Result<void> backup(const std::filesystem::path& target) override;

private:
  void transact(const Statement& begin, const std::function<void(loop::Records&)>&);
  void write_until_closed();
  void write_by_itself(Command&);
  void gather_until_closed();
  void write_together();

  OpenOptions options_;
  Pool<PostgresConnection> connections_;
  Pool<PostgresConnection> gathering_connection_;
  CommandQueue queue_;
  CommandQueue gathered_;
  GatheringMemory memory_;  // of the gathering thread
  CommitFigures figures_;
  RecordsMemory records_memory_;
  std::vector<std::thread> threads_;
  std::thread gathering_;
};

}  // namespace preceptor::store
