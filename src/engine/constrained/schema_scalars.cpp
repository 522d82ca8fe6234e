#include "engine/constrained/schema_scalars.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/constrained/json_pieces.hpp"
#include "engine/constrained/number_pieces.hpp"
#include "engine/constrained/regular_expression.hpp"

namespace preceptor::engine {
namespace {

using json = SchemaJson;

constexpr std::int64_t count_max = 20'000;

Piece format_piece(const json& format, const std::string& where) {
  const std::string name = format.is_string() ? format.get<std::string>() : "";
  const auto pattern = format_pattern(name);
  if (!pattern)
    refuse_schema(where + "/format", ErrorKind::unsupported, "the format " + name + " is not supported");
  const auto inner = parse_regular_expression(*pattern, Characters::json, Match::whole);
  return sequence({literal("\""), inner.value(), literal("\"")});
}

std::optional<double> bound(const json& schema, const char* word, const std::string& where) {
  if (!schema.contains(word)) return std::nullopt;
  const json& value = schema.at(word);
  if (!value.is_number() || std::abs(value.get<double>()) > 1e17)
    refuse_schema(where + "/" + word, ErrorKind::unsupported,
                  std::string(word) + " must be a number within ±1e17");
  return value.get<double>();
}

}  // namespace

std::optional<std::int64_t> count_of_schema(const json& schema, const char* word, const std::string& where) {
  if (!schema.contains(word)) return std::nullopt;
  const json& value = schema.at(word);
  const bool whole = value.is_number() && value.get<double>() >= 0 && value.get<double>() <= 1e15 &&
                     value.get<double>() == static_cast<double>(value.get<std::int64_t>());
  if (!whole) refuse_schema(where + "/" + word, ErrorKind::invalid, std::string(word) + " is no count");
  if (value.get<std::int64_t>() > count_max && std::string_view(word).starts_with("min"))
    refuse_schema(where + "/" + word, ErrorKind::too_large,
                  std::string(word) + " may be " + std::to_string(count_max) + " at most");
  return std::min(value.get<std::int64_t>(), count_max);
}

Piece string_of_schema(const json& schema, const std::string& where) {
  const auto least = count_of_schema(schema, "minLength", where);
  const auto most = count_of_schema(schema, "maxLength", where);
  const int rules =
      (schema.contains("pattern") ? 1 : 0) + (schema.contains("format") ? 1 : 0) + (least || most ? 1 : 0);
  if (rules > 1)
    refuse_schema(where, ErrorKind::unsupported,
                  "pattern, format and a length beside each other are not supported: say it in the pattern");
  if (schema.contains("pattern")) {
    if (!schema.at("pattern").is_string())
      refuse_schema(where + "/pattern", ErrorKind::invalid, "pattern is no text");
    auto inner =
        parse_regular_expression(schema.at("pattern").get<std::string>(), Characters::json, Match::search);
    if (!inner) refuse_schema(where + "/pattern", inner.error().kind, inner.error().message);
    return sequence({literal("\""), *inner, literal("\"")});
  }
  if (schema.contains("format")) return format_piece(schema.at("format"), where);
  if (most && *most < least.value_or(0)) return choice({});
  return string_piece(static_cast<std::int32_t>(least.value_or(0)),
                      most ? static_cast<std::int32_t>(*most) : unbounded);
}

Piece integer_of_schema(const json& schema, const std::string& where) {
  std::int64_t least = -integer_max;
  std::int64_t most = integer_max;
  const auto up = [](double value) { return static_cast<std::int64_t>(std::ceil(value)); };
  const auto down = [](double value) { return static_cast<std::int64_t>(std::floor(value)); };
  if (const auto value = bound(schema, "minimum", where)) least = std::max(least, up(*value));
  if (const auto value = bound(schema, "exclusiveMinimum", where)) least = std::max(least, down(*value) + 1);
  if (const auto value = bound(schema, "maximum", where)) most = std::min(most, down(*value));
  if (const auto value = bound(schema, "exclusiveMaximum", where)) most = std::min(most, up(*value) - 1);
  return integer_piece(least, most);
}

Piece number_of_schema(const json& schema, const std::string& where) {
  NumberRange range;
  const auto whole = [&](const char* word) -> std::optional<std::int64_t> {
    const auto value = bound(schema, word, where);
    if (value && *value != std::floor(*value))
      refuse_schema(where + "/" + word, ErrorKind::unsupported,
                    std::string(word) + " of a number must be whole: other bounds are not supported");
    return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
  };
  range.least = whole("minimum");
  if (const auto value = whole("exclusiveMinimum"); value && (!range.least || *value >= *range.least)) {
    range.least = value;
    range.least_excluded = true;
  }
  range.most = whole("maximum");
  if (const auto value = whole("exclusiveMaximum"); value && (!range.most || *value <= *range.most)) {
    range.most = value;
    range.most_excluded = true;
  }
  return number_piece(range);
}

}  // namespace preceptor::engine
