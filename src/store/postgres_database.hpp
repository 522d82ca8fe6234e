#pragma once

#include <thread>

#include "store/command_queue.hpp"
#include "store/commit_figures.hpp"
#include "store/pool.hpp"
#include "store/postgres_connection.hpp"
#include "store/rubric_memory.hpp"
#include "store/store.hpp"

namespace preceptor::store {

// Each command is a transaction of its own on a pooled connection; rows are locked where rules need it. A
// command that the database ended by itself (a deadlock) is run again, at most twice.
class PostgresDatabase final : public Database {
public:
  explicit PostgresDatabase(const OpenOptions&);
  ~PostgresDatabase() override;

  void read(const std::function<void(loop::Records&)>& query) override;
  void write(const std::function<void(loop::Records&)>& command) override;
  void post_write(std::function<void(loop::Records&)> command,
                  std::function<void(std::exception_ptr)> done) override;
  bool writes_one_by_one() const override { return false; }
  loop::StorageFigures figures() const override { return figures_.now(queue_.waiting()); }
  DatabaseInfo info() override;
  Result<void> backup(const std::filesystem::path& target) override;

private:
  void transact(const Statement& begin, const std::function<void(loop::Records&)>&);
  void write_until_closed();

  OpenOptions options_;
  Pool<PostgresConnection> connections_;
  CommandQueue queue_;
  CommitFigures figures_;
  RubricMemory rubrics_;
  std::vector<std::thread> threads_;
};

}  // namespace preceptor::store
