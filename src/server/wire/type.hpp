#pragma once
// Run-time descriptions of the structs that travel as JSON. A struct is described once, by a static
// `describe(wire::Description<T>&)`; reading, validating, writing and the OpenAPI schema all follow that
// description. Everything here is erased to plain function pointers, so that each struct costs the compiler
// next to nothing.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace preceptor::server::wire {

// A JSON value that is handed on as text: payloads whose shape depends on the task.
struct Json {
  std::string text = "null";
};

// The request or response that carries nothing.
struct Nothing {};

enum class Kind { nothing, boolean, integer, number, string, timestamp, json, nullable, list, map, object };

enum class Presence {
  required,
  may_be_missing,  // in requests only; what we write is always complete
};

// Limits of one field. For lists, the string and number limits hold for each element.
struct Bounds {
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  std::size_t length_min = 0;        // bytes
  std::size_t length_max = 1 << 20;  // bytes
  std::size_t items_min = 0;
  std::size_t items_max = 10'000;
  std::vector<std::string_view> choices = {};  // allowed strings; empty: any
  std::string_view about = {};                 // goes into the OpenAPI description
};

struct Type;

struct Field {
  std::string_view key;
  const Type* type = nullptr;
  std::size_t offset = 0;
  Presence presence = Presence::required;
  Bounds bounds;
};

struct Type {
  Kind kind = Kind::nothing;
  std::string name;                       // objects: the schema's name
  const Type* element = nullptr;          // nullable, list, map
  std::vector<Field> fields;              // objects
  double minimum = 0, maximum = 0;        // integers: what the C++ type holds
  std::vector<const Type*> alternatives;  // json: the shapes it may have, for the document

  // Access to a value of this type behind a plain pointer; only those of the kind are set.
  std::int64_t (*integer)(const void*) = nullptr;
  void (*set_integer)(void*, std::int64_t) = nullptr;
  double (*number)(const void*) = nullptr;
  void (*set_number)(void*, double) = nullptr;
  const void* (*value)(const void*) = nullptr;  // nullable: null when empty
  void* (*emplace)(void*) = nullptr;            // nullable
  std::size_t (*size)(const void*) = nullptr;   // list
  const void* (*at)(const void*, std::size_t) = nullptr;
  void* (*append)(void*) = nullptr;
  void* (*insert)(void*, std::string key) = nullptr;  // map
  void (*each)(const void*, void* context,
               void (*visit)(void*, const std::string& key, const void* value)) = nullptr;
};

}  // namespace preceptor::server::wire
