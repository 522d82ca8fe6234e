#include "server/openai/response_format.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "base/format.hpp"

namespace preceptor::server::openai {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t schema_members_max = 1'024;  // keeping them in their order looks them up one by one

Result<void> check_objects(const json& schema) {
  if (schema.is_object() && schema.size() > schema_members_max)
    return refuse(ErrorKind::too_large,
                  fmt::format("an object in a schema may have {} members at most", schema_members_max), {},
                  "response_format.json_schema.schema");
  for (const json& inner : schema) {
    if (!inner.is_structured()) continue;
    if (auto checked = check_objects(inner); !checked) return checked;
  }
  return {};
}

// The parser sorts names; a schema's properties are written in the order in which they stand there. Nothing
// else of the body is kept.
std::string schema_in_its_order(std::string_view body) {
  constexpr std::array path = {"response_format", "json_schema", "schema"};
  const auto on_the_path = [&](int depth, ordered_json::parse_event_t event, const ordered_json& parsed) {
    const auto level = static_cast<std::size_t>(depth) - 1;
    return event != ordered_json::parse_event_t::key || level >= path.size() || parsed == path[level];
  };
  return ordered_json::parse(body, on_the_path).at("response_format").at("json_schema").at("schema").dump();
}

}  // namespace

Result<void> read_response_format(const json& format, std::string_view body,
                                  loop::CompletionSettings& settings) {
  using Form = loop::CompletionSettings::Form;
  if (format.is_null()) return {};
  const auto wrong = [](const char* what, const char* where) {
    return refuse(ErrorKind::invalid, what, {}, where);
  };
  if (!format.is_object() || !format.contains("type") || !format.at("type").is_string())
    return wrong("response_format must have a type", "response_format");
  const std::string type = format.at("type").get<std::string>();
  if (type == "text") return {};
  if (type == "json_object") {
    settings.form = Form::json_object;
    return {};
  }
  if (type == "json_schema") {
    const json named = format.value("json_schema", json());
    if (!named.is_object() || !named.contains("schema"))
      return wrong("response_format.json_schema must hold a schema", "response_format.json_schema");
    settings.form = Form::json_schema;
    if (auto checked = check_objects(named.at("schema")); !checked) return checked;
    settings.form_text = schema_in_its_order(body);
    return {};
  }
  if (type == "regex") {
    if (!format.contains("pattern") || !format.at("pattern").is_string())
      return wrong("response_format.pattern must be a regular expression", "response_format.pattern");
    settings.form = Form::regex;
    settings.form_text = format.at("pattern").get<std::string>();
    return {};
  }
  return refuse(ErrorKind::unsupported, "response_format of the type " + type + " is not supported",
                "It may be text, json_object, json_schema or regex.", "response_format.type");
}

}  // namespace preceptor::server::openai
