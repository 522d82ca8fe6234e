#pragma once
// From described types to JSON Schema 2020-12, as OpenAPI 3.1 uses it.
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "server/wire/type.hpp"

namespace preceptor::server::wire {

// What we receive may leave optional fields out; what we send is complete.
enum class Direction { received, sent };

// Gathers the named schemas of all types that a document mentions. A type that travels both ways and differs
// gets a second schema, "<Name>Input", for what is received; so the types that are sent must be known first.
class Schemas {
public:
  Schemas();
  ~Schemas();
  Schemas(const Schemas&) = delete;
  Schemas& operator=(const Schemas&) = delete;

  // Notes that this type, and all it is made of, is sent.
  void will_send(const Type& type);

  // A $ref for objects, an inline schema for the rest.
  nlohmann::json reference(const Type& type, Direction direction, const Bounds& bounds = {});
  // Every object schema referred to so far, by name.
  const nlohmann::json& components() const;

private:
  nlohmann::json object(const Type& type, Direction direction);
  static bool has_optional_fields(const Type& type);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace preceptor::server::wire
