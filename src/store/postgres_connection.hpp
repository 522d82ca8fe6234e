#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.hpp"
#include "store/connection.hpp"

struct pg_conn;  // libpq's PGconn and PGresult
struct pg_result;

namespace preceptor::store {

// The database ended the transaction for reasons of its own (a deadlock): running the command again may well
// work.
struct TransientFailure : Failure {
  using Failure::Failure;
};

std::string_view postgres_text(const Statement&);
// Null stays null.
std::optional<std::string> postgres_text(const Value&);

// What the database said to one statement.
class PostgresAnswer {
public:
  explicit PostgresAnswer(pg_result* result) : result_(result) {}
  ~PostgresAnswer();
  PostgresAnswer(const PostgresAnswer&) = delete;
  PostgresAnswer& operator=(const PostgresAnswer&) = delete;

  class AnswerRow final : public Row {
  public:
    AnswerRow(const pg_result* result, int row, int first_column)
        : result_(result), row_(row), first_column_(first_column) {}
    bool is_null(int column) const override;
    std::int64_t integer(int column) const override;
    double real(int column) const override;
    std::string text(int column) const override;

  private:
    std::string_view field(int column) const;

    const pg_result* result_;
    int row_;
    int first_column_;
  };

  int row_count() const;
  bool has_columns() const;
  std::int64_t changed() const;  // rows, by a statement that answers none
  // Columns count from the given one.
  AnswerRow row(int place, int first_column = 0) const { return {result_, place, first_column}; }

private:
  pg_result* result_;
};

// One PostgreSQL session with its prepared statements, in libpq's pipeline mode: what is posted travels with
// the next statement whose answer is waited for, and what is asked ahead comes back with it, so that a
// command costs few journeys. Not synchronised.
class PostgresConnection final : public Connection {
public:
  explicit PostgresConnection(const std::string& url);

  Dialect dialect() const override { return Dialect::postgresql; }
  using Connection::run;
  std::int64_t run(const Statement&, std::initializer_list<Value>,
                   const std::function<void(const Row&)>& on_row) override;
  void post(const Statement&, std::initializer_list<Value>) override;
  void ask_ahead(const std::function<void()>& questions) override;
  void run_script(
      const std::string&) override;  // outside of a transaction, or when few journeys do not matter

  // For who arranges the journeys: sends, and collect() brings the answers to all that were sent so, in their
  // order. Throws for the first that failed.
  using Texts = std::vector<std::optional<std::string>>;
  void send_ahead(const Statement&, const Texts&);
  std::size_t sent_ahead() const { return questions_.size(); }
  std::vector<std::shared_ptr<const PostgresAnswer>> collect();
  // What PostgreSQL takes a statement's values for; null where one is of a type that none of ours has. Waits.
  std::optional<std::vector<std::string>> parameter_types(const Statement&);

  void begin(const Statement&);  // posted
  void commit();                 // waits, and throws for whatever failed of what was posted
  void roll_back();

  bool is_broken() const { return broken_; }  // to be thrown away
  int server_version() const;

private:
  struct Close {
    void operator()(pg_conn*) const;
    void operator()(pg_result*) const;
  };
  using Answer = std::unique_ptr<pg_result, Close>;

  struct Question {
    std::string words;  // the statement's name and its values
    Answer answer;      // null: not there yet, or taken
  };
  static constexpr int no_question = -1;

  void send(const Statement&, std::initializer_list<Value>, int question = no_question);
  void send(const Statement&, const std::vector<const char*>& values, int question);
  void prepare(const Statement&);
  Answer receive();       // the next statement's; null when it was asked ahead, and is kept
  Answer receive_last();  // of the statement sent last; throws for the first that failed
  Answer take_asked(const Statement&, std::initializer_list<Value>);  // null: it was not asked ahead
  void finish(const Statement&);
  void catch_up();  // to the end of the pipeline, whatever failed on the way
  void forget_waiting();
  void flush();
  [[noreturn]] void fail(const pg_result*);
  [[noreturn]] void fail_broken();

  std::unique_ptr<pg_conn, Close> connection_;
  std::unordered_set<std::string> prepared_;
  std::deque<int> waiting_;          // statements sent whose answers have not been read: their questions
  std::vector<Question> questions_;  // asked ahead in this transaction
  bool asking_ = false;
  bool broken_ = false;
};

}  // namespace preceptor::store
