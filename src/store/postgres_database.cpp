#include "store/postgres_database.hpp"

#include <algorithm>

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

void check_server(const PostgresConnection& connection) {
  if (connection.server_version() >= server_version_min) return;
  throw Failure(ErrorKind::unsupported,
                "the PostgreSQL server has version " + std::to_string(connection.server_version() / 10000),
                "Preceptor needs PostgreSQL 15 or later.");
}

}  // namespace

PostgresDatabase::PostgresDatabase(const OpenOptions& options)
    : options_(options), connections_(options.connections_max, [this] {
        return std::make_unique<PostgresConnection>(options_.database);
      }) {
  auto connection = connections_.take();
  check_server(*connection);
  Transaction transaction(connection, begin_write);
  connection->run(lock_schema, {});
  migrate(*connection);
  transaction.commit();
  const int thread_count = std::clamp(options.connections_max / 2, 1, 8);
  for (int i = 0; i < thread_count; ++i) threads_.emplace_back([this] { write_until_closed(); });
}

PostgresDatabase::~PostgresDatabase() {
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
      SqlRecords records(*connection, rubrics_);
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

void PostgresDatabase::write_until_closed() {
  name_thread("store-writer");
  for (;;) {
    auto commands = queue_.pop(1);
    if (commands.empty()) return;
    std::exception_ptr problem;
    try {
      write(commands.front().work);
    } catch (...) {
      problem = std::current_exception();
    }
    commands.front().done(problem);
  }
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
