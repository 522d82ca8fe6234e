#pragma once

#include <memory>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <string>
#include <unordered_set>

#include "base/result.hpp"
#include "store/connection.hpp"

namespace preceptor::store {

// The database ended the transaction for reasons of its own (a deadlock): running the command again may well
// work.
struct TransientFailure : Failure {
  using Failure::Failure;
};

// One PostgreSQL session with its prepared statements. Not synchronised.
class PostgresConnection final : public Connection {
public:
  explicit PostgresConnection(const std::string& url);

  Dialect dialect() const override { return Dialect::postgresql; }
  using Connection::run;
  std::int64_t run(const Statement&, std::initializer_list<Value>,
                   const std::function<void(const Row&)>& on_row) override;
  void run_script(const std::string&) override;

  bool is_broken() const { return broken_; }  // to be thrown away
  int server_version() const;

private:
  template <class Work>
  auto translated(const Work&);

  std::unique_ptr<pqxx::connection> connection_;
  std::unique_ptr<pqxx::nontransaction> session_;
  std::unordered_set<std::string> prepared_;
  bool broken_ = false;
};

}  // namespace preceptor::store
