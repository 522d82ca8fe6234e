#include "server/openapi.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "server/idempotency.hpp"
#include "server/problem.hpp"
#include "server/routes/table.hpp"
#include "server/wire/schema.hpp"

namespace preceptor::server {

namespace {

using nlohmann::json;
using wire::Direction;

json problem_schema() {
  json text = {{"type", "string"}};
  return {{"type", "object"},
          {"required", {"type", "title", "status", "detail", "hint", "where"}},
          {"properties",
           {{"type", text},
            {"title", text},
            {"status", {{"type", "integer"}}},
            {"detail", {{"type", "string"}, {"description", "What happened."}}},
            {"hint", {{"type", "string"}, {"description", "What to do about it; may be empty."}}},
            {"where", {{"type", "string"}, {"description", "A JSON pointer into the request, or empty."}}}}}};
}

std::string access_text(const Access& access) {
  switch (access.kind) {
    case Access::Kind::anyone: return "For anyone.";
    case Access::Kind::signed_in: return "For everyone who is signed in.";
    case Access::Kind::session:
      return "For everyone who is signed in with a session; never with an API token.";
    case Access::Kind::administrator: return "For administrators.";
    case Access::Kind::administrator_session:
      return "For administrators who are signed in with a session; never with an API token.";
    case Access::Kind::member: break;
  }
  std::string text = "For members whose role is";
  std::string separator = " ";
  for (const auto role :
       {feedback::Role::trainer, feedback::Role::reviewer, feedback::Role::lead, feedback::Role::owner}) {
    if (!feedback::allowed(role, access.right)) continue;
    text += separator + std::string(name_of(role));
    separator = " or ";
  }
  return text + " (right " + std::string(name_of(access.right)) + ").";
}

// Path parameters from the path itself, query parameters from the input of a GET.
json parameters_of(const Route& route, wire::Schemas& schemas) {
  json parameters = json::array();
  for (std::size_t open = route.path.find('{'); open != std::string_view::npos;
       open = route.path.find('{', open + 1)) {
    const auto name = route.path.substr(open + 1, route.path.find('}', open) - open - 1);
    parameters.push_back({{"name", name},
                          {"in", "path"},
                          {"required", true},
                          {"schema", {{"type", "integer"}, {"format", "int64"}, {"minimum", 1}}}});
  }
  if (route.method == "GET") {
    for (const auto& field : route.input->fields) {
      // An absent parameter is how a query says null.
      const wire::Type& type = field.type->kind == wire::Kind::nullable ? *field.type->element : *field.type;
      json parameter = {{"name", field.key},
                        {"in", "query"},
                        {"required", field.presence == wire::Presence::required},
                        {"schema", schemas.reference(type, Direction::received, field.bounds)}};
      if (!field.bounds.about.empty()) parameter["description"] = field.bounds.about;
      parameters.push_back(std::move(parameter));
    }
  }
  if (route.takes_tag)
    parameters.push_back({{"name", "If-Match"},
                          {"in", "header"},
                          {"required", false},
                          {"description", "The tag of what was read; 412 when it has changed since."},
                          {"schema", {{"type", "string"}, {"maxLength", 200}}}});
  if (takes_key(route) || route.operation == "submitJudgment")
    parameters.push_back({{"name", "Idempotency-Key"},
                          {"in", "header"},
                          {"required", false},
                          {"schema", {{"type", "string"}, {"maxLength", 200}}}});
  return parameters;
}

bool takes_body(const Route& route) {
  return route.method != "GET" && route.input->kind == wire::Kind::object;
}

std::map<int, std::string> error_statuses(const Route& route) {
  std::vector<ErrorKind> kinds = route.errors;
  const bool has_input = !route.input->fields.empty() || route.path.find('{') != std::string_view::npos;
  if (has_input || takes_key(route)) kinds.push_back(ErrorKind::invalid);
  if (takes_body(route)) {
    kinds.push_back(ErrorKind::too_large);
    kinds.push_back(ErrorKind::unsupported);
  }
  if (route.access.kind != Access::Kind::anyone) {
    kinds.push_back(ErrorKind::unauthenticated);
    if (route.method != "GET" || route.access.kind != Access::Kind::signed_in)
      kinds.push_back(ErrorKind::forbidden);
  }
  if (route.access.kind == Access::Kind::member) kinds.push_back(ErrorKind::not_found);
  std::map<int, std::string> statuses;
  for (const auto kind : kinds) statuses[status_of(kind)] = title_of(status_of(kind));
  std::vector<int> more;
  if (route.takes_tag) more.push_back(412);
  if (takes_key(route) || route.operation == "submitJudgment") more.insert(more.end(), {409, 422});
  for (const int status : more) statuses[status] = title_of(status);
  return statuses;
}

json responses_of(const Route& route, wire::Schemas& schemas) {
  json responses = json::object();
  json success = {{"description", "Done"}};
  if (route.output->kind != wire::Kind::nothing) {
    success["description"] =
        route.streams ? "A stream; the schema is that of each event's data" : "The answer";
    const char* type = route.streams ? "text/event-stream" : "application/json";
    success["content"][type]["schema"] = schemas.reference(*route.output, Direction::sent);
  }
  responses[std::to_string(route.status)] = std::move(success);
  if (route.may_be_empty) responses["204"] = {{"description", "There is none"}};
  for (const auto& [status, title] : error_statuses(route)) {
    responses[std::to_string(status)] = {
        {"description", title},
        {"content",
         {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
  }
  return responses;
}

json operation_of(const Route& route, wire::Schemas& schemas) {
  json operation = {{"operationId", route.operation},
                    {"summary", route.summary},
                    {"description", access_text(route.access)},
                    {"tags", {route.topic}},
                    {"responses", responses_of(route, schemas)}};
  if (json parameters = parameters_of(route, schemas); !parameters.empty())
    operation["parameters"] = std::move(parameters);
  if (takes_body(route)) {
    const bool all_optional = std::all_of(
        route.input->fields.begin(), route.input->fields.end(),
        [](const wire::Field& field) { return field.presence == wire::Presence::may_be_missing; });
    operation["requestBody"] = {
        {"required", !all_optional},
        {"content",
         {{"application/json", {{"schema", schemas.reference(*route.input, Direction::received)}}}}}};
  }
  operation["security"] = route.access.kind == Access::Kind::anyone
                              ? json::array()
                              : json::array({{{"session", json::array()}}, {{"token", json::array()}}});
  return operation;
}

}  // namespace

std::string openapi_document() {
  wire::Schemas schemas;
  for (const Route& route : all_routes()) schemas.will_send(*route.output);
  json paths = json::object();
  for (const Route& route : all_routes()) {
    std::string method(route.method);
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    paths["/api/v1" + std::string(route.path)][method] = operation_of(route, schemas);
  }
  json components = {{"schemas", schemas.components()},
                     {"securitySchemes",
                      {{"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", session_cookie}}},
                       {"token", {{"type", "http"}, {"scheme", "bearer"}}}}}};
  components["schemas"]["Problem"] = problem_schema();
  const json document = {{"openapi", "3.1.0"},
                         {"info",
                          {{"title", "Preceptor"},
                           {"version", "1"},
                           {"description",
                            "Expert judgment into better language models. Sign in for a session cookie and "
                            "send X-CSRF-Token with "
                            "everything but GET, or send an API token as Authorization: Bearer TOKEN. "
                            "Moments are ISO 8601 in UTC."}}},
                         {"servers", {{{"url", "/"}}}},
                         {"paths", std::move(paths)},
                         {"components", std::move(components)}};
  return document.dump(1) + "\n";
}

}  // namespace preceptor::server
