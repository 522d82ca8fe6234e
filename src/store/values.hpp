// Between the types of the domain and what a statement binds or a row holds.
#pragma once

#include <type_traits>

#include "base/id.hpp"
#include "base/time.hpp"
#include "store/connection.hpp"
#include "store/names.hpp"

namespace preceptor::store {

// After an insert, where many wait for it: SQLite answers RETURNING from a table that it makes for each
// statement.
constexpr Statement inserted_in_sqlite{"inserted", "SELECT last_insert_rowid()"};

template <class Tag>
Value key(Id<Tag> id) {
  return id.value;
}
template <class Tag>
Value key_or_null(Id<Tag> id) {
  if (!id) return nullptr;
  return id.value;
}
inline Value text(std::string_view value) { return value; }
inline Value integer(std::int64_t value) { return value; }
inline Value real(double value) { return value; }
inline Value flag(bool value) { return std::int64_t{value ? 1 : 0}; }
inline Value flag_or_null(std::optional<bool> value) {
  if (!value) return nullptr;
  return flag(*value);
}
inline Value moment(Timestamp value) { return value.microseconds; }
template <class Enum>
requires std::is_enum_v<Enum> Value code(Enum value) { return static_cast<std::int64_t>(value); }
// For filters: -1 lets everything through, see `wanted` in the statements.
template <class Enum>
requires std::is_enum_v<Enum> Value code_or_any(std::optional<Enum> value) {
  return value ? static_cast<std::int64_t>(*value) : std::int64_t{-1};
}
inline Value flag_or_any(std::optional<bool> value) { return std::int64_t{value ? (*value ? 1 : 0) : -1}; }

// The kinds asked for as bits by their numbers; none asked for: all.
inline Value kind_mask(std::span<const TaskKind> kinds) {
  std::int64_t mask = kinds.empty() ? -1 : 0;
  for (TaskKind kind : kinds) mask |= std::int64_t{1} << static_cast<int>(kind);
  return mask;
}

template <class IdType>
IdType id_at(const Row& row, int column) {
  return IdType{row.integer(column)};
}
template <class Enum>
Enum code_at(const Row& row, int column) {
  return static_cast<Enum>(row.integer(column));
}
inline bool flag_at(const Row& row, int column) { return row.integer(column) != 0; }
inline Timestamp moment_at(const Row& row, int column) { return {row.integer(column)}; }

// Lists ask for one row more than the page holds, to know whether there is a next page.
inline std::int64_t rows_for(Page page) { return page.limit + 1; }
template <class T, class IdOf>
Listing<T> listing(std::vector<T> rows, Page page, const IdOf& id_of) {
  Listing<T> result{.items = std::move(rows), .next = std::nullopt};
  if (static_cast<std::int64_t>(result.items.size()) > page.limit) {
    result.items.resize(static_cast<std::size_t>(page.limit));
    if (!result.items.empty()) result.next = id_of(result.items.back());
  }
  return result;
}

}  // namespace preceptor::store
