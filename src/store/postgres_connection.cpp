#include "store/postgres_connection.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

namespace preceptor::store {
namespace {

// Answers that wait to be read take room in the sockets, which must never be full at both ends.
constexpr std::size_t waiting_max = 64;

constexpr Statement commit_transaction{"commit", "COMMIT"};
constexpr Statement roll_transaction_back{"roll_back", "ROLLBACK"};

// Values in PostgreSQL's text form; `pointers` holds nullptr for null.
struct BoundTexts {
  explicit BoundTexts(std::initializer_list<Value> values) {
    texts.reserve(values.size());
    for (const Value& value : values) pointers.push_back(pointer_to(value));
  }

  const char* pointer_to(const Value& value) {
    auto text = postgres_text(value);
    return text ? texts.emplace_back(std::move(*text)).c_str() : nullptr;
  }

  std::vector<std::string> texts;
  std::vector<const char*> pointers;
};

std::string question_of(const Statement& statement, std::initializer_list<Value> values) {
  std::string words(statement.name);
  for (const char* value : BoundTexts(values).pointers) {
    words += '\0';
    words += value == nullptr ? "\1" : value;
  }
  return words;
}

std::string said(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return "the database says: " + text;
}

bool is_good(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

[[noreturn]] void throw_translated(const PGresult* result) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = field == nullptr ? "" : field;
  const std::string words = said(PQresultErrorMessage(result));
  if (state == "53100") {
    throw Failure(ErrorKind::out_of_space, words, "Free some space on the database's machine.");
  }
  if (state.starts_with("23")) throw Failure(ErrorKind::conflict, words);
  if (state.starts_with("40")) throw TransientFailure(ErrorKind::unavailable, words, "Try again.");
  if (state.starts_with("53") || state.starts_with("57")) {
    throw Failure(ErrorKind::unavailable, words, "Look at the database server.");
  }
  throw Failure(ErrorKind::internal, words);
}

template <class T>
T number_in(std::string_view digits) {
  T value{};
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

std::string_view postgres_text(const Statement& statement) {
  return statement.postgresql.empty() ? statement.text : statement.postgresql;
}

std::optional<std::string> postgres_text(const Value& value) {
  std::array<char, 32> digits{};
  char* end = digits.data();
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    end = std::to_chars(digits.data(), digits.data() + digits.size(), *integer).ptr;
  } else if (const auto* real = std::get_if<double>(&value)) {
    end = std::to_chars(digits.data(), digits.data() + digits.size(), *real).ptr;
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    return std::string(*text);
  } else {
    return std::nullopt;
  }
  return std::string(digits.data(), end);
}

PostgresAnswer::~PostgresAnswer() { PQclear(result_); }
int PostgresAnswer::row_count() const { return PQntuples(result_); }
bool PostgresAnswer::has_columns() const { return PQnfields(result_) > 0; }
// libpq does not change what it is asked about; its signature forgets to say so.
std::int64_t PostgresAnswer::changed() const { return number_in<std::int64_t>(PQcmdTuples(result_)); }

std::string_view PostgresAnswer::AnswerRow::field(int column) const {
  const int place = first_column_ + column;
  return {PQgetvalue(result_, row_, place), static_cast<std::size_t>(PQgetlength(result_, row_, place))};
}
bool PostgresAnswer::AnswerRow::is_null(int column) const {
  return PQgetisnull(result_, row_, first_column_ + column) != 0;
}
std::int64_t PostgresAnswer::AnswerRow::integer(int column) const {
  return number_in<std::int64_t>(field(column));
}
double PostgresAnswer::AnswerRow::real(int column) const { return number_in<double>(field(column)); }
std::string PostgresAnswer::AnswerRow::text(int column) const { return std::string(field(column)); }

void PostgresConnection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }
void PostgresConnection::Close::operator()(pg_result* result) const { PQclear(result); }

PostgresConnection::PostgresConnection(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) fail_broken();
  run_script("SET client_min_messages = warning; SET TIME ZONE 'UTC'; SET client_encoding = 'UTF8'");
}

int PostgresConnection::server_version() const { return PQserverVersion(connection_.get()); }

void PostgresConnection::fail_broken() {
  broken_ = true;
  throw Failure(ErrorKind::unavailable, said(PQerrorMessage(connection_.get())),
                "Look at the database server; then try again.");
}

void PostgresConnection::fail(const PGresult* result) {
  if (result == nullptr || PQstatus(connection_.get()) == CONNECTION_BAD) fail_broken();
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state != nullptr && std::string_view(state).starts_with("57P"))
    broken_ = true;  // it is being shut down
  throw_translated(result);
}

void PostgresConnection::flush() {
  if (PQflush(connection_.get()) < 0) fail_broken();
}

void PostgresConnection::send(const Statement& statement, std::initializer_list<Value> values, int question) {
  const BoundTexts bound(values);
  send(statement, bound.pointers, question);
}

void PostgresConnection::send(const Statement& statement, const std::vector<const char*>& values,
                              int question) {
  prepare(statement);
  if (PQsendQueryPrepared(connection_.get(), std::string(statement.name).c_str(),
                          static_cast<int>(values.size()), values.data(), nullptr, nullptr, 0) == 0)
    fail_broken();
  waiting_.push_back(question);
}

void PostgresConnection::prepare(const Statement& statement) {
  std::string name(statement.name);
  if (prepared_.contains(name)) return;
  if (PQsendPrepare(connection_.get(), name.c_str(), std::string(postgres_text(statement)).c_str(), 0,
                    nullptr) == 0)
    fail_broken();
  waiting_.push_back(no_question);
  // Told to the server before anybody relies on it: a preparation in a transaction that fails is no more.
  const Answer answer = receive_last();
  prepared_.insert(std::move(name));
}

std::optional<std::vector<std::string>> PostgresConnection::parameter_types(const Statement& statement) {
  prepare(statement);
  if (PQsendDescribePrepared(connection_.get(), std::string(statement.name).c_str()) == 0) fail_broken();
  waiting_.push_back(no_question);
  const Answer described = receive_last();
  std::vector<std::string> types;
  for (int i = 0; i < PQnparams(described.get()); ++i) {
    // The numbers of built-in types never change (pg_type.dat).
    switch (PQparamtype(described.get(), i)) {
      case 20: types.emplace_back("bigint"); break;
      case 23: types.emplace_back("integer"); break;
      case 25: types.emplace_back("text"); break;
      case 114: types.emplace_back("json"); break;
      case 701: types.emplace_back("double precision"); break;
      default: return std::nullopt;
    }
  }
  return types;
}

void PostgresConnection::send_ahead(const Statement& statement, const Texts& values) {
  std::vector<const char*> pointers;
  for (const auto& value : values) pointers.push_back(value ? value->c_str() : nullptr);
  questions_.push_back({});
  send(statement, pointers, static_cast<int>(questions_.size()) - 1);
  if (waiting_.size() >= waiting_max) receive_last();
}

std::vector<std::shared_ptr<const PostgresAnswer>> PostgresConnection::collect() {
  if (!waiting_.empty()) receive_last();
  std::vector<std::shared_ptr<const PostgresAnswer>> answers;
  for (Question& question : questions_)
    answers.push_back(std::make_shared<const PostgresAnswer>(question.answer.release()));
  questions_.clear();
  return answers;
}

PostgresConnection::Answer PostgresConnection::receive() {
  Answer answer(PQgetResult(connection_.get()));
  const int question = waiting_.front();
  waiting_.pop_front();
  // Each statement's answers end with nothing.
  while (PGresult* more = PQgetResult(connection_.get())) {
    PQclear(more);
    if (PQstatus(connection_.get()) == CONNECTION_BAD) break;
  }
  if (question == no_question || answer == nullptr || !is_good(answer.get())) return answer;
  questions_[static_cast<std::size_t>(question)].answer = std::move(answer);
  return nullptr;
}

PostgresConnection::Answer PostgresConnection::receive_last() {
  if (PQsendFlushRequest(connection_.get()) == 0) fail_broken();
  flush();
  for (;;) {
    const bool kept = waiting_.front() != no_question;
    Answer answer = receive();
    if (answer == nullptr ? !kept || PQstatus(connection_.get()) == CONNECTION_BAD : !is_good(answer.get())) {
      if (PQstatus(connection_.get()) != CONNECTION_BAD) catch_up();
      fail(answer.get());
    }
    if (waiting_.empty()) return answer;
  }
}

void PostgresConnection::catch_up() {
  PGconn* connection = connection_.get();
  if (PQpipelineSync(connection) == 0) fail_broken();
  while (PQstatus(connection) != CONNECTION_BAD) {
    const Answer answer(PQgetResult(connection));
    if (answer != nullptr && PQresultStatus(answer.get()) == PGRES_PIPELINE_SYNC) break;
  }
  forget_waiting();
}

void PostgresConnection::forget_waiting() {
  waiting_.clear();
  questions_.clear();
}

void PostgresConnection::ask_ahead(const std::function<void()>& questions) {
  asking_ = true;
  try {
    questions();
  } catch (...) {
    asking_ = false;
    throw;
  }
  asking_ = false;
}

PostgresConnection::Answer PostgresConnection::take_asked(const Statement& statement,
                                                          std::initializer_list<Value> values) {
  if (questions_.empty()) return nullptr;
  const std::string words = question_of(statement, values);
  const auto asked = std::find_if(questions_.begin(), questions_.end(),
                                  [&](const Question& question) { return question.words == words; });
  if (asked == questions_.end()) return nullptr;
  if (asked->answer == nullptr) receive_last();
  asked->words.clear();
  return std::move(asked->answer);
}

std::int64_t PostgresConnection::run(const Statement& statement, std::initializer_list<Value> values,
                                     const std::function<void(const Row&)>& on_row) {
  if (asking_) {
    send(statement, values, static_cast<int>(questions_.size()));
    questions_.push_back({question_of(statement, values), nullptr});
    if (waiting_.size() >= waiting_max) receive_last();
    return 0;
  }
  Answer answer = take_asked(statement, values);
  if (answer == nullptr) {
    send(statement, values);
    answer = receive_last();
  }
  const PGresult* result = answer.get();
  for (int row = 0; row < PQntuples(result); ++row) on_row(PostgresAnswer::AnswerRow(result, row, 0));
  if (PQnfields(result) > 0) return PQntuples(result);
  return number_in<std::int64_t>(PQcmdTuples(answer.get()));
}

void PostgresConnection::post(const Statement& statement, std::initializer_list<Value> values) {
  send(statement, values);
  if (waiting_.size() >= waiting_max) receive_last();
}

void PostgresConnection::begin(const Statement& words) { send(words, {}); }

void PostgresConnection::commit() { finish(commit_transaction); }

void PostgresConnection::roll_back() {
  if (!waiting_.empty()) catch_up();
  finish(roll_transaction_back);
}

// One journey: what is left of the transaction, its end, and the end of the pipeline.
void PostgresConnection::finish(const Statement& words) {
  PGconn* connection = connection_.get();
  send(words, {});
  if (PQpipelineSync(connection) == 0) fail_broken();
  Answer failed;
  std::string done;
  while (!waiting_.empty() && PQstatus(connection) != CONNECTION_BAD) {
    Answer answer = receive();
    if (answer == nullptr) continue;
    if (is_good(answer.get())) {
      done = PQcmdStatus(answer.get());
    } else if (failed == nullptr) {
      failed = std::move(answer);
    }
  }
  const Answer end(PQgetResult(connection));
  forget_waiting();
  if (PQstatus(connection) == CONNECTION_BAD) fail_broken();
  if (failed != nullptr) fail(failed.get());
  // A transaction that has failed answers COMMIT with ROLLBACK.
  if (done != words.text) throw Failure(ErrorKind::internal, "the database rolled a transaction back");
}

void PostgresConnection::run_script(const std::string& text) {
  PGconn* connection = connection_.get();
  if (!waiting_.empty()) receive_last();
  if (PQpipelineStatus(connection) != PQ_PIPELINE_OFF) {
    catch_up();
    if (PQexitPipelineMode(connection) == 0) fail_broken();
  }
  const Answer answer(PQexec(connection, text.c_str()));
  if (answer == nullptr || PQstatus(connection) == CONNECTION_BAD) fail_broken();
  if (PQenterPipelineMode(connection) == 0) fail_broken();
  if (!is_good(answer.get())) throw_translated(answer.get());
}

}  // namespace preceptor::store
