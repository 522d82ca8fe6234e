#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.hpp"

// What the parts of the schema compiler share: how they read a schema, and how they refuse one.
namespace preceptor::engine {

using SchemaJson = nlohmann::ordered_json;  // the order of the properties is that of the text

// Thrown within the compiler alone; json_schema_rules turns it into a refusal.
struct SchemaRefused {
  Error error;
};

// where: the place in the schema, as a JSON pointer.
[[noreturn]] void refuse_schema(const std::string& where, ErrorKind kind, const std::string& message);

// A member's name as a JSON pointer has it.
std::string pointer_word(const std::string& name);

}  // namespace preceptor::engine
