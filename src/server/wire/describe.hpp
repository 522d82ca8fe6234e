#pragma once
// From C++ types to wire::Type. type_of<T>() is built once per type and lives for ever.
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "base/time.hpp"
#include "server/wire/type.hpp"

namespace preceptor::server::wire {

template <class T>
const Type& type_of();

// A JSON value that is one of several objects.
template <class... Alternatives>
const Type& any_of() {
  static const Type type = [] {
    Type chosen;
    chosen.kind = Kind::json;
    chosen.alternatives = {&type_of<Alternatives>()...};
    return chosen;
  }();
  return type;
}

// Collects the fields of T. The prototype gives each member's place without a macro.
template <class T>
class Description {
public:
  explicit Description(Type& type) : type_(type) {}

  void named(std::string name) { type_.name = std::move(name); }

  template <class Member>
  void field(std::string_view key, Member T::*member, Bounds bounds = {}) {
    add(key, member, Presence::required, std::move(bounds));
  }

  // A field that a request may leave out; the struct's own initialiser is the value then.
  template <class Member>
  void optional(std::string_view key, Member T::*member, Bounds bounds = {}) {
    add(key, member, Presence::may_be_missing, std::move(bounds));
  }

  // The fields of a member object, as if they were this object's own.
  template <class Member>
  void inlined(Member T::*member) {
    const std::size_t offset = offset_of(member);
    for (Field field : type_of<Member>().fields) {
      field.offset += offset;
      type_.fields.push_back(std::move(field));
    }
  }

  // A JSON field that the document shows as one of several objects.
  template <class... Alternatives>
  void one_of(std::string_view key, Json T::*member, Bounds bounds = {}) {
    add(key, member, Presence::required, std::move(bounds));
    type_.fields.back().type = &any_of<Alternatives...>();
  }

private:
  template <class Member>
  void add(std::string_view key, Member T::*member, Presence presence, Bounds bounds) {
    type_.fields.push_back({key, &type_of<Member>(), offset_of(member), presence, std::move(bounds)});
  }

  template <class Member>
  std::size_t offset_of(Member T::*member) const {
    return static_cast<std::size_t>(reinterpret_cast<const char*>(&(prototype_.*member)) -
                                    reinterpret_cast<const char*>(&prototype_));
  }

  Type& type_;
  T prototype_{};
};

namespace detail {

template <class T>
struct Build;  // objects: below

template <class T>
requires std::is_integral_v<T>
struct Build<T> {
  static void into(Type& type) {
    type.kind = std::is_same_v<T, bool> ? Kind::boolean : Kind::integer;
    type.minimum = static_cast<double>(std::numeric_limits<T>::min());
    type.maximum = static_cast<double>(std::numeric_limits<T>::max());
    type.integer = [](const void* at) { return static_cast<std::int64_t>(*static_cast<const T*>(at)); };
    type.set_integer = [](void* at, std::int64_t value) { *static_cast<T*>(at) = static_cast<T>(value); };
  }
};

template <class T>
requires std::is_floating_point_v<T>
struct Build<T> {
  static void into(Type& type) {
    type.kind = Kind::number;
    type.number = [](const void* at) { return static_cast<double>(*static_cast<const T*>(at)); };
    type.set_number = [](void* at, double value) { *static_cast<T*>(at) = static_cast<T>(value); };
  }
};

template <class Tag>
struct Build<Id<Tag>> {
  static void into(Type& type) {
    type.kind = Kind::integer;
    type.minimum = 1;
    type.maximum = 9223372036854775807.0;
    type.integer = [](const void* at) { return static_cast<const Id<Tag>*>(at)->value; };
    type.set_integer = [](void* at, std::int64_t value) { static_cast<Id<Tag>*>(at)->value = value; };
  }
};

template <>
struct Build<std::string> {
  static void into(Type& type) { type.kind = Kind::string; }
};

template <>
struct Build<Timestamp> {
  static void into(Type& type) { type.kind = Kind::timestamp; }
};

template <>
struct Build<Json> {
  static void into(Type& type) { type.kind = Kind::json; }
};

template <>
struct Build<Nothing> {
  static void into(Type& type) { type.kind = Kind::nothing; }
};

template <class T>
struct Build<std::optional<T>> {
  static void into(Type& type) {
    type.kind = Kind::nullable;
    type.element = &type_of<T>();
    type.value = [](const void* at) -> const void* {
      const auto& held = *static_cast<const std::optional<T>*>(at);
      return held ? &*held : nullptr;
    };
    type.emplace = [](void* at) -> void* { return &static_cast<std::optional<T>*>(at)->emplace(); };
  }
};

template <class T>
struct Build<std::vector<T>> {
  static_assert(!std::is_same_v<T, bool>);
  static void into(Type& type) {
    using List = std::vector<T>;
    type.kind = Kind::list;
    type.element = &type_of<T>();
    type.size = [](const void* at) { return static_cast<const List*>(at)->size(); };
    type.at = [](const void* at, std::size_t i) -> const void* {
      return &(*static_cast<const List*>(at))[i];
    };
    type.append = [](void* at) -> void* { return &static_cast<List*>(at)->emplace_back(); };
  }
};

template <class T>
struct Build<std::map<std::string, T>> {
  static void into(Type& type) {
    using Map = std::map<std::string, T>;
    type.kind = Kind::map;
    type.element = &type_of<T>();
    type.insert = [](void* at, std::string key) -> void* {
      return &(*static_cast<Map*>(at))[std::move(key)];
    };
    type.each = [](const void* at, void* context, void (*visit)(void*, const std::string&, const void*)) {
      for (const auto& [key, value] : *static_cast<const Map*>(at)) visit(context, key, &value);
    };
  }
};

template <class T>
struct Build {
  static void into(Type& type) {
    type.kind = Kind::object;
    Description<T> description(type);
    T::describe(description);
  }
};

}  // namespace detail

template <class T>
const Type& type_of() {
  static const Type type = [] {
    Type built;
    detail::Build<T>::into(built);
    return built;
  }();
  return type;
}

// A page of a list.
template <class T>
struct List {
  std::vector<T> items;
  std::optional<std::string> next_cursor;

  static void describe(Description<List>& is) {
    is.named(type_of<T>().name + "List");
    is.field("items", &List::items);
    is.field("next_cursor", &List::next_cursor,
             {.about = "Pass as ?cursor= for the next page; null on the last."});
  }
};

}  // namespace preceptor::server::wire
