#include "store/postgres_database.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/thread_name.hpp"
#include "store/migrations.hpp"
#include "store/postgres_dump.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr int attempts_max = 3;
constexpr Statement begin_write{"begin_write", "BEGIN"};
constexpr Statement begin_read{"begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
constexpr int server_version_min = 150000;
// A command that meets a lock held for long does not keep the others waiting: it is run by itself. The plans
// are for few rows of large tables, whatever the tables held when they were made.
constexpr const char* gathering_settings =
    "SET lock_timeout = '1s'; SET jit = off; SET enable_seqscan = off; SET enable_hashjoin = off; "
    "SET enable_mergejoin = off";
constexpr Statement lock_schema{"schema_lock", "SELECT 1", "SELECT pg_advisory_xact_lock(5063725600)"};

std::string without_password(const std::string& url) {
  const std::size_t begin = url.find("://");
  const std::size_t at = url.find('@');
  if (begin == std::string::npos || at == std::string::npos) return url;
  const std::size_t colon = url.find(':', begin + 3);
  if (colon == std::string::npos || colon > at) return url;
  return url.substr(0, colon) + url.substr(at);
}

// Rolls back unless the transaction has been committed; a connection that cannot even do that is thrown away.
class Transaction {
public:
  Transaction(Pool<PostgresConnection>::Lease& connection, const Statement& begin) : connection_(connection) {
    connection_->begin(begin);
  }
  ~Transaction() {
    if (done_) return;
    try {
      if (!connection_->is_broken()) connection_->roll_back();
    } catch (const Failure&) {
      connection_.drop();
      return;
    }
    if (connection_->is_broken()) connection_.drop();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() {
    connection_->commit();
    done_ = true;
  }

private:
  Pool<PostgresConnection>::Lease& connection_;
  bool done_ = false;
};

// A server's turn to gather. Made before the transaction in which it begins and, if all goes well, ends: a
// turn outlives a transaction that is rolled back, and is then given back after it.
class Turn {
public:
  explicit Turn(Pool<PostgresConnection>::Lease& connection) : connection_(connection) {}
  ~Turn() {
    if (!is_ours_ || connection_.is_dropped()) return;
    try {
      Transaction transaction(connection_, begin_write);
      pass_turn_on(*connection_);
      transaction.commit();
    } catch (const Failure&) {
      if (!connection_.is_dropped()) connection_.drop();  // and the turn with it
    }
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  void wait() {
    wait_for_turn(*connection_);
    is_ours_ = true;
  }
  void is_over() { is_ours_ = false; }

private:
  Pool<PostgresConnection>::Lease& connection_;
  bool is_ours_ = false;
};

void check_server(const PostgresConnection& connection) {
  if (connection.server_version() >= server_version_min) return;
  throw Failure(ErrorKind::unsupported,
                "the PostgreSQL server has version " + std::to_string(connection.server_version() / 10000),
                "Preceptor needs PostgreSQL 15 or later.");
}

}  // namespace

PostgresDatabase::PostgresDatabase(const OpenOptions& options)
    : options_(options),
      connections_(options.connections_max,
                   [this] { return std::make_unique<PostgresConnection>(options_.database); }),
      gathering_connection_(1, [this] {
        auto connection = std::make_unique<PostgresConnection>(options_.database);
        connection->run_script(gathering_settings);
        return connection;
      }) {
  auto connection = connections_.take();
  check_server(*connection);
  Transaction transaction(connection, begin_write);
  connection->run(lock_schema, {});
  migrate(*connection);
  transaction.commit();
  const int thread_count = std::clamp(options.connections_max / 2, 1, 8);
  for (int i = 0; i < thread_count; ++i) threads_.emplace_back([this] { write_until_closed(); });
  gathering_ = std::thread([this] { gather_until_closed(); });
}

PostgresDatabase::~PostgresDatabase() {
  gathered_.close();
  gathering_.join();  // it leaves commands to the others
  queue_.close();
  for (std::thread& thread : threads_) thread.join();
}

void PostgresDatabase::transact(const Statement& begin, const std::function<void(loop::Records&)>& work) {
  int stale_max = options_.connections_max;
  for (int attempt = 1;; ++attempt) {
    auto connection = connections_.take();
    bool committing = false;
    try {
      Transaction transaction(connection, begin);
      SqlRecords records(*connection, records_memory_);
      work(records);
      const auto committed_from = std::chrono::steady_clock::now();
      committing = true;
      transaction.commit();
      if (&begin == &begin_write) figures_.add(1, std::chrono::steady_clock::now() - committed_from);
      return;
    } catch (const TransientFailure&) {
      if (attempt == attempts_max) throw;
    } catch (const Failure&) {
      const bool broken = connection.is_dropped() || connection->is_broken();
      if (!connection.is_dropped() && broken) connection.drop();
      // A connection that waited in the pool while the server was restarted: nothing has happened yet, try
      // another. Once the commit is on its way nobody knows.
      if (!broken || committing || --stale_max < 0) throw;
    }
  }
}

void PostgresDatabase::read(const std::function<void(loop::Records&)>& query) { transact(begin_read, query); }

void PostgresDatabase::write(const std::function<void(loop::Records&)>& command) {
  transact(begin_write, command);
}

void PostgresDatabase::post_write(std::function<void(loop::Records&)> command,
                                  std::function<void(std::exception_ptr)> done) {
  queue_.push({std::move(command), std::move(done)});
}

void PostgresDatabase::post_gathered_write(std::function<void(loop::Records&)> command,
                                           std::function<void(std::exception_ptr)> done,
                                           loop::Subjects subjects) {
  gathered_.push({std::move(command), std::move(done), std::move(subjects)});
}

void PostgresDatabase::write_by_itself(Command& command) {
  std::exception_ptr problem;
  try {
    write(command.work);
  } catch (...) {
    problem = std::current_exception();
  }
  command.done(problem);
}

void PostgresDatabase::write_until_closed() {
  name_thread("store-writer");
  for (;;) {
    auto commands = queue_.pop(1);
    if (commands.empty()) return;
    write_by_itself(commands.front());
  }
}

// Each command is done, told of its failure, or left to the threads that do one at a time. Those that come
// while another server has its turn are taken along.
void PostgresDatabase::write_together() {
  std::vector<Command> commands;
  std::vector<GatheredOutcome> outcomes;
  const auto take = [&] {
    if (!commands.empty()) return;
    commands = gathered_.pop_apart(options_.gathered_commands_max);
    outcomes.assign(commands.size(), {.alone = true});
  };
  bool committing = false;
  try {
    auto connection = gathering_connection_.take();
    try {
      Turn turn(connection);
      Transaction transaction(connection, begin_write);
      turn.wait();
      take();
      auto gathered = gather(*connection, records_memory_, memory_, commands);
      pass_turn_on(*connection);
      const auto committed_from = std::chrono::steady_clock::now();
      committing = true;
      transaction.commit();
      turn.is_over();
      figures_.add(static_cast<std::int64_t>(commands.size()),
                   std::chrono::steady_clock::now() - committed_from);
      outcomes = std::move(gathered);
    } catch (...) {
      const bool broken = connection.is_dropped() || connection->is_broken();
      if (!connection.is_dropped() && broken) connection.drop();
      // The commit was on its way: nobody knows whether it arrived.
      if (committing && broken) outcomes.assign(commands.size(), {.problem = std::current_exception()});
      throw;
    }
  } catch (const Spoilt&) {
  } catch (const std::exception& problem) {
    take();
    log_info("{} commands could not be written together: {}", commands.size(), problem.what());
  }
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (outcomes[i].alone) {
      queue_.push(std::move(commands[i]));
    } else {
      commands[i].done(outcomes[i].problem);
    }
  }
}

void PostgresDatabase::gather_until_closed() {
  name_thread("store-gather");
  while (gathered_.wait()) write_together();
}

DatabaseInfo PostgresDatabase::info() {
  auto connection = connections_.take();
  const int version = connection->server_version();
  return {.engine = "PostgreSQL " + std::to_string(version / 10000) + "." + std::to_string(version % 10000),
          .address = without_password(options_.database),
          .schema_version = schema_version()};
}

Result<void> PostgresDatabase::backup(const std::filesystem::path& target) {
  if (std::filesystem::exists(target))
    return refuse(ErrorKind::conflict, target.string() + " exists already",
                  "Name a file that does not exist yet.");
  return dump_postgres(options_.database, target);
}

}  // namespace preceptor::store
