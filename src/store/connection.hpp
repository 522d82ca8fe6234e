// The one small interface over SQLite and PostgreSQL: named statements, bound values, rows.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace preceptor::store {

enum class Dialect { sqlite, postgresql };

// Statements are constants of the program; values are only ever bound. $1, $2, … in both databases. Where the
// two databases need different words, `postgresql` holds the second text.
struct Statement {
  std::string_view name;  // unique in the program; prepared once per connection under it
  std::string_view text;
  std::string_view postgresql = {};
  bool draws = false;  // a query whose answer is another each time
  // For commands that PostgreSQL does side by side (set_statement.hpp). Of a change: how many of its first
  // values name the one row that it changes, and nothing else does; 0: not said.
  int key_values = 0;
  // Where what does the same for many cannot be made from the text. Its parameters are arrays; of a statement
  // without values, the number of askers. Of a question: each row begins with the place, from 1, of the
  // values that it answers. It may answer some only: the others ask again, together as long as that answers
  // anybody, then singly.
  std::string_view together = {};
};

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string_view>;

class Row {
public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;  // 0 for null
  virtual double real(int column) const = 0;
  virtual std::string text(int column) const = 0;
};

class Connection {
public:
  virtual ~Connection() = default;
  virtual Dialect dialect() const = 0;
  // Calls `on_row` for each row; answers how many rows were changed or read. Throws Failure, translated.
  virtual std::int64_t run(const Statement&, std::initializer_list<Value>,
                           const std::function<void(const Row&)>& on_row) = 0;
  // A change whose effect nobody asks for now. It may travel later, with the next statement or the commit,
  // and then it is there that it throws.
  virtual void post(const Statement& statement, std::initializer_list<Value> values) {
    run(statement, values);
  }
  // What `questions` runs here, only to read or lock, will soon be run again in earnest: the answers are
  // fetched together, where that saves journeys. Here they find nothing; later each serves once, so nothing
  // in between may change it.
  virtual void ask_ahead(const std::function<void()>& questions) { static_cast<void>(questions); }
  // Before any change: what follows touches what other commands may touch as well. Throws where commands are
  // done together; this one is then run again by itself.
  virtual void act_alone() {}
  // Several statements without values: schema, transactions.
  virtual void run_script(const std::string&) = 0;

  std::int64_t run(const Statement& statement, std::initializer_list<Value> values) {
    return run(statement, values, [](const Row&) {});
  }
  template <class Read>
  auto all(const Statement& statement, std::initializer_list<Value> values, const Read& read) {
    std::vector<decltype(read(std::declval<const Row&>()))> rows;
    run(statement, values, [&](const Row& row) { rows.push_back(read(row)); });
    return rows;
  }
  template <class Read>
  auto first(const Statement& statement, std::initializer_list<Value> values, const Read& read) {
    std::optional<decltype(read(std::declval<const Row&>()))> found;
    run(statement, values, [&](const Row& row) {
      if (!found) found = read(row);
    });
    return found;
  }
  // The first column of the only row: RETURNING id, count(*).
  std::int64_t number(const Statement& statement, std::initializer_list<Value> values) {
    return first(statement, values, [](const Row& row) { return row.integer(0); }).value_or(0);
  }
};

}  // namespace preceptor::store
