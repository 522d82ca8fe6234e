#include "server/wire/schema.hpp"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "base/result.hpp"

namespace preceptor::server::wire {

using nlohmann::json;

struct Schemas::State {
  json components = json::object();
  std::map<std::string, const Type*> owners;  // two types under one name would overwrite each other
  std::set<const Type*> sent;
};

Schemas::Schemas() : state_(new State) {}
Schemas::~Schemas() = default;
const json& Schemas::components() const { return state_->components; }

namespace {

json number_bound(double value) {
  if (std::floor(value) == value && std::abs(value) < 9.1e15) return static_cast<std::int64_t>(value);
  return value;
}

void add_numeric(json& schema, const Type& type, const Bounds& bounds) {
  // Ids start at one; other integers have only the limits that the API sets.
  const double minimum = type.kind == Kind::integer && type.minimum == 1 ? 1 : bounds.minimum;
  if (std::isfinite(minimum)) schema["minimum"] = number_bound(minimum);
  if (std::isfinite(bounds.maximum)) schema["maximum"] = number_bound(bounds.maximum);
}

void add_text(json& schema, const Bounds& bounds, Direction direction) {
  if (!bounds.choices.empty()) schema["enum"] = bounds.choices;
  if (direction == Direction::sent || !bounds.choices.empty()) return;
  // Our limits count bytes, JSON Schema counts characters: never more of these than of those.
  if (bounds.length_min > 0) schema["minLength"] = 1;
  schema["maxLength"] = bounds.length_max;
}

json nullable(json schema) {
  if (schema.contains("type") && schema["type"].is_string()) {
    schema["type"] = json::array({schema["type"], "null"});
    if (schema.contains("enum")) schema["enum"].push_back(nullptr);
    return schema;
  }
  return {{"anyOf", json::array({std::move(schema), {{"type", "null"}}})}};
}

}  // namespace

void Schemas::will_send(const Type& type) {
  if (!state_->sent.insert(&type).second) return;
  if (type.element != nullptr) will_send(*type.element);
  for (const Type* alternative : type.alternatives) will_send(*alternative);
  for (const Field& field : type.fields) will_send(*field.type);
}

bool Schemas::has_optional_fields(const Type& type) {
  if (type.kind != Kind::object) return type.element != nullptr && has_optional_fields(*type.element);
  for (const Field& field : type.fields) {
    if (field.presence == Presence::may_be_missing || has_optional_fields(*field.type)) return true;
  }
  return false;
}

json Schemas::object(const Type& type, Direction direction) {
  json properties = json::object();
  json required = json::array();
  for (const Field& field : type.fields) {
    json schema = reference(*field.type, direction, field.bounds);
    if (!field.bounds.about.empty()) schema["description"] = field.bounds.about;
    properties[std::string(field.key)] = std::move(schema);
    if (direction == Direction::sent || field.presence == Presence::required) required.push_back(field.key);
  }
  json schema = {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

json Schemas::reference(const Type& type, Direction direction, const Bounds& bounds) {
  switch (type.kind) {
    case Kind::nothing: return json::object();
    case Kind::boolean: return {{"type", "boolean"}};
    case Kind::integer: {
      json schema = {{"type", "integer"}, {"format", "int64"}};
      add_numeric(schema, type, bounds);
      return schema;
    }
    case Kind::number: {
      json schema = {{"type", "number"}};
      add_numeric(schema, type, bounds);
      return schema;
    }
    case Kind::string: {
      json schema = {{"type", "string"}};
      add_text(schema, bounds, direction);
      return schema;
    }
    case Kind::timestamp: return {{"type", "string"}, {"format", "date-time"}};
    case Kind::json: {
      if (type.alternatives.empty())
        return {{"type", json::array({"object", "null"})}, {"additionalProperties", true}};
      json any = json::array();
      for (const Type* alternative : type.alternatives) any.push_back(reference(*alternative, direction));
      return {{"anyOf", std::move(any)}};
    }
    case Kind::nullable: return nullable(reference(*type.element, direction, bounds));
    case Kind::list: {
      json schema = {{"type", "array"}, {"items", reference(*type.element, direction, bounds)}};
      if (direction == Direction::received) {
        if (bounds.items_min > 0) schema["minItems"] = bounds.items_min;
        schema["maxItems"] = bounds.items_max;
      }
      return schema;
    }
    case Kind::map: {
      json schema = {{"type", "object"},
                     {"additionalProperties", reference(*type.element, direction, bounds)}};
      if (direction == Direction::received) schema["maxProperties"] = bounds.items_max;
      return schema;
    }
    case Kind::object: break;
  }
  std::string name = type.name;
  if (name.empty()) throw Failure(ErrorKind::internal, "An object of the API has no name for its schema");
  const auto owner = state_->owners.emplace(name, &type).first->second;
  if (owner != &type) throw Failure(ErrorKind::internal, "Two types of the API are named " + name);
  if (direction == Direction::received && state_->sent.contains(&type) && has_optional_fields(type))
    name += "Input";
  if (!state_->components.contains(name)) {
    state_->components[name] = json::object();
    state_->components[name] = object(type, direction);
  }
  return {{"$ref", "#/components/schemas/" + name}};
}

}  // namespace preceptor::server::wire
