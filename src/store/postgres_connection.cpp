#include "store/postgres_connection.hpp"

#include <array>
#include <charconv>
#include <pqxx/except>
#include <pqxx/prepared_statement>
#include <pqxx/result>

namespace preceptor::store {
namespace {

class PostgresRow final : public Row {
public:
  explicit PostgresRow(const pqxx::row& row) : row_(row) {}
  bool is_null(int column) const override { return row_[column].is_null(); }
  std::int64_t integer(int column) const override { return number<std::int64_t>(column); }
  double real(int column) const override { return number<double>(column); }
  std::string text(int column) const override {
    const auto field = row_[column];
    return field.is_null() ? std::string() : std::string(field.c_str(), field.size());
  }

private:
  template <class T>
  T number(int column) const {
    const auto field = row_[column];
    T value{};
    std::from_chars(field.c_str(), field.c_str() + field.size(), value);
    return value;
  }

  const pqxx::row& row_;
};

// Values in PostgreSQL's text form; `pointers` holds nullptr for null.
struct BoundTexts {
  explicit BoundTexts(std::initializer_list<Value> values) {
    texts.reserve(values.size());
    for (const Value& value : values) pointers.push_back(pointer_to(value));
  }

  const char* pointer_to(const Value& value) {
    std::array<char, 32> digits{};
    char* end = digits.data();
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      end = std::to_chars(digits.data(), digits.data() + digits.size(), *integer).ptr;
    } else if (const auto* real = std::get_if<double>(&value)) {
      end = std::to_chars(digits.data(), digits.data() + digits.size(), *real).ptr;
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      return texts.emplace_back(*text).c_str();
    } else {
      return nullptr;
    }
    return texts.emplace_back(digits.data(), end).c_str();
  }

  std::vector<std::string> texts;
  std::vector<const char*> pointers;
};

bool has_class(const pqxx::sql_error& problem, std::string_view sqlstate_class) {
  return problem.sqlstate().starts_with(sqlstate_class);
}

std::string said(const std::exception& problem) {
  std::string text = problem.what();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return "the database says: " + text;
}

[[noreturn]] void throw_translated(const pqxx::sql_error& problem) {
  if (problem.sqlstate() == "53100") {
    throw Failure(ErrorKind::out_of_space, said(problem), "Free some space on the database's machine.");
  }
  if (has_class(problem, "23")) throw Failure(ErrorKind::conflict, said(problem));
  if (has_class(problem, "40")) throw TransientFailure(ErrorKind::unavailable, said(problem), "Try again.");
  if (has_class(problem, "53") || has_class(problem, "57")) {
    throw Failure(ErrorKind::unavailable, said(problem), "Look at the database server.");
  }
  throw Failure(ErrorKind::internal, said(problem));
}

}  // namespace

template <class Work>
auto PostgresConnection::translated(const Work& work) {
  try {
    return work();
  } catch (const pqxx::broken_connection& problem) {
    broken_ = true;
    throw Failure(ErrorKind::unavailable, said(problem), "Look at the database server; then try again.");
  } catch (const pqxx::transaction_rollback& problem) {
    throw TransientFailure(ErrorKind::unavailable, said(problem), "Try again.");
  } catch (const pqxx::sql_error& problem) {
    throw_translated(problem);
  } catch (const pqxx::failure& problem) {
    broken_ = true;
    throw Failure(ErrorKind::unavailable, said(problem), "Look at the database server; then try again.");
  }
}

PostgresConnection::PostgresConnection(const std::string& url) {
  translated([&] {
    connection_ = std::make_unique<pqxx::connection>(url);
    session_ = std::make_unique<pqxx::nontransaction>(*connection_);
  });
  run_script("SET client_min_messages = warning; SET TIME ZONE 'UTC'; SET client_encoding = 'UTF8'");
}

int PostgresConnection::server_version() const { return connection_->server_version(); }

std::int64_t PostgresConnection::run(const Statement& statement, std::initializer_list<Value> values,
                                     const std::function<void(const Row&)>& on_row) {
  const std::string name(statement.name);
  const pqxx::result result = translated([&] {
    if (!prepared_.contains(name)) {
      const std::string_view text = statement.postgresql.empty() ? statement.text : statement.postgresql;
      connection_->prepare(name, std::string(text));
      prepared_.insert(name);
    }
    const BoundTexts bound(values);
    return session_->exec_prepared(name, pqxx::prepare::make_dynamic_params(bound.pointers));
  });
  for (const pqxx::row row : result) on_row(PostgresRow(row));
  return result.columns() > 0 ? static_cast<std::int64_t>(result.size())
                              : static_cast<std::int64_t>(result.affected_rows());
}

void PostgresConnection::run_script(const std::string& text) {
  translated([&] { session_->exec(text); });
}

}  // namespace preceptor::store
