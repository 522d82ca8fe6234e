#pragma once
// From described structs to JSON, without a document in between.
#include <string>
#include <string_view>

#include "server/wire/describe.hpp"

namespace preceptor::server::wire {

// Appends the value of the described type; numbers that are not finite are written as null.
void write_json(std::string& out, const Type& type, const void* value);

// A JSON string with its quotes.
void write_json_string(std::string& out, std::string_view text);

template <class T>
std::string to_json(const T& value) {
  std::string out;
  write_json(out, type_of<T>(), &value);
  return out;
}

}  // namespace preceptor::server::wire
