// One PostgreSQL statement that does for many sets of values what another does for one: PostgreSQL spends
// more time on beginning and ending a small statement than on what it does.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/postgres_connection.hpp"

namespace preceptor::store {

// A statement with values of its own.
struct BoundStatement {
  const Statement* statement;
  PostgresConnection::Texts values;  // in PostgreSQL's text form
};

enum class SetUse { question, change };

// Its parameters are arrays: $1 holds everybody's first value, $2 the second, and so on. A question's rows
// begin with the place, from 1, of the values that they answer. None where the text has no such form that is
// known to mean the same: a change that may meet a row twice, a question that changes something (unless
// Statement::together says how). `types` are those of the statement's parameters.
std::optional<std::string> set_form(const Statement&, SetUse, std::span<const std::string> types);

// The values at `place` of all, as the text of a PostgreSQL array.
std::string array_text(std::span<const BoundStatement* const> all, std::size_t place);

// Whether no row is changed by two of them, as far as Statement::key_values tells.
bool keys_differ(std::span<const BoundStatement* const>);

// Set forms, made as they are needed. Not synchronised.
class SetStatements {
public:
  // Null: there is none. It stays where it is. Asks the connection for the types at the first call for a
  // statement, within its transaction.
  const Statement* find(PostgresConnection&, const Statement&, SetUse);

private:
  struct Made {
    std::string name, text;
    Statement statement;
  };
  std::map<std::string_view, std::unique_ptr<Made>> made_;  // by the name of the statement
};

}  // namespace preceptor::store
