#include "store/set_statement.hpp"

#include <algorithm>
#include <set>

namespace preceptor::store {
namespace {

constexpr std::size_t none = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Calls `on_place` for every character outside of quotes, with how deep in parentheses it stands, until it
// answers true; where that was.
template <class OnPlace>
std::size_t find_outside_quotes(std::string_view text, std::size_t from, const OnPlace& on_place) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] == '\'') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == ')') --depth;
    if (on_place(i, depth)) return i;
    if (text[i] == '(') ++depth;
  }
  return none;
}

// Outside of parentheses, too.
std::size_t find_word(std::string_view text, std::string_view word) {
  return find_outside_quotes(text, 0, [&](std::size_t place, int depth) {
    return depth == 0 && text.substr(place).starts_with(word);
  });
}

// $1 → many.p1
std::string with_columns(std::string_view text) {
  std::string result;
  std::size_t copied = 0;
  find_outside_quotes(text, 0, [&](std::size_t place, int) {
    if (text[place] == '$' && place + 1 < text.size() && is_digit(text[place + 1])) {
      result += text.substr(copied, place - copied);
      result += "many.p";
      copied = place + 1;
    }
    return false;
  });
  return result += text.substr(copied);
}

// unnest($1::bigint[], …) WITH ORDINALITY AS many (p1, …, place)
std::string many(std::span<const std::string> types, SetUse use) {
  std::string arrays, columns;
  for (std::size_t i = 1; i <= types.size(); ++i) {
    const std::string comma = i == 1 ? "" : ", ", number = std::to_string(i);
    arrays += comma + "CAST($" + number + " AS " + types[i - 1] + "[])";
    columns += comma + "p" + number;
  }
  const bool question = use == SetUse::question;
  return "unnest(" + arrays + ")" + (question ? " WITH ORDINALITY" : "") + " AS many (" + columns +
         (question ? ", place)" : ")");
}

// INSERT INTO t (…) VALUES (…) ON CONFLICT …
std::optional<std::string> insert_many(std::string_view text, std::string_view source, int key_values) {
  constexpr std::string_view values = " VALUES (";
  const std::size_t begin = find_word(text, values);
  if (begin == none || (find_word(text, " DO UPDATE ") != none && key_values == 0)) return std::nullopt;
  const std::size_t first = begin + values.size();
  const std::size_t end = find_outside_quotes(
      text, first, [&](std::size_t place, int depth) { return depth < 0 && text[place] == ')'; });
  if (end == none) return std::nullopt;
  std::string result(text.substr(0, begin));
  result += " SELECT " + with_columns(text.substr(first, end - first)) + " FROM ";
  result += source;
  return result += with_columns(text.substr(end + 1));
}

// UPDATE t SET … WHERE …, DELETE FROM t WHERE …
std::optional<std::string> change_many(std::string_view text, std::string_view source,
                                       std::string_view joining) {
  const std::size_t where = find_word(text, " WHERE ");
  if (where == none) return std::nullopt;
  std::string result = with_columns(text.substr(0, where));
  result += joining;
  result += source;
  return result += with_columns(text.substr(where));
}

}  // namespace

std::optional<std::string> set_form(const Statement& statement, SetUse use,
                                    std::span<const std::string> types) {
  if (!statement.together.empty()) return std::string(statement.together);
  const std::string_view text = postgres_text(statement);
  if (types.empty()) return std::nullopt;
  const std::string source = many(types, use);
  if (use == SetUse::question) {
    if (!text.starts_with("SELECT ") || statement.draws) return std::nullopt;
    return "SELECT many.place, answer.* FROM " + source + " CROSS JOIN LATERAL (" + with_columns(text) +
           ") AS answer";
  }
  if (find_word(text, " RETURNING ") != none) return std::nullopt;
  if (text.starts_with("INSERT INTO ")) return insert_many(text, source, statement.key_values);
  if (text.starts_with("DELETE FROM ")) return change_many(text, source, " USING ");
  if (text.starts_with("UPDATE ") && statement.key_values > 0 && find_word(text, " FROM ") == none)
    return change_many(text, source, " FROM ");
  return std::nullopt;
}

std::string array_text(std::span<const BoundStatement* const> all, std::size_t place) {
  std::string text = "{";
  for (const BoundStatement* one : all) {
    if (text.size() > 1) text += ',';
    const auto& value = one->values[place];
    if (!value) {
      text += "NULL";
      continue;
    }
    text += '"';
    for (const char c : *value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text += '}';
}

bool keys_differ(std::span<const BoundStatement* const> all) {
  const int count = all.empty() ? 0 : all.front()->statement->key_values;
  if (count == 0) return true;
  std::set<PostgresConnection::Texts> keys;
  return std::all_of(all.begin(), all.end(), [&](const BoundStatement* one) {
    return keys.emplace(one->values.begin(), one->values.begin() + count).second;
  });
}

const Statement* SetStatements::find(PostgresConnection& connection, const Statement& statement, SetUse use) {
  const auto [known, fresh] = made_.try_emplace(statement.name);
  if (!fresh) return known->second == nullptr ? nullptr : &known->second->statement;
  std::optional<std::string> text;
  try {
    const auto types = connection.parameter_types(statement);
    if (types) text = set_form(statement, use, *types);
  } catch (...) {
    made_.erase(known);
    throw;
  }
  if (!text) return nullptr;
  known->second = std::make_unique<Made>();
  Made& made = *known->second;
  made.name = std::string(statement.name) + "_together";
  made.text = *std::move(text);
  made.statement = {.name = made.name, .text = made.text};
  return &made.statement;
}

}  // namespace preceptor::store
