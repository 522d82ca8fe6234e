#include "base/json.hpp"

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "base/format.hpp"

namespace preceptor {
namespace {

using Json = nlohmann::json;

// Offset of the bracket that goes deeper than allowed, or npos. Brackets inside strings do not count.
std::size_t too_deep_at(std::string_view text, int depth_max) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > depth_max) return i;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return std::string_view::npos;
}

tl::unexpected<Error> wrong(std::string_view where, std::string_view wanted, const Json& got) {
  return refuse(ErrorKind::invalid, format("should be {}, is {}", wanted, got.type_name()), {},
                std::string(where));
}

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <std::integral T>
Result<T> integer_of(const Json& value, const std::string& where) {
  const auto out_of_range = [&] { return refuse(ErrorKind::invalid, "is out of range", {}, where); };
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (!std::in_range<T>(number)) return out_of_range();
    return static_cast<T>(number);
  }
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    if (!std::in_range<T>(number)) return out_of_range();
    return static_cast<T>(number);
  }
  return wrong(where, "a whole number", value);
}

template <std::floating_point T>
Result<T> real_of(const Json& value, const std::string& where) {
  if (!value.is_number()) return wrong(where, "a number", value);
  const double number = value.get<double>();
  if (!std::isfinite(number) || std::abs(number) > static_cast<double>(std::numeric_limits<T>::max())) {
    return refuse(ErrorKind::invalid, "is out of range", {}, where);
  }
  return static_cast<T>(number);
}

template <class T>
Result<T> value_of(const Json& value, const std::string& where) {
  if constexpr (std::is_same_v<T, Json>) {
    return value;
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!value.is_string()) return wrong(where, "a text", value);
    return value.get<std::string>();
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!value.is_boolean()) return wrong(where, "true or false", value);
    return value.get<bool>();
  } else if constexpr (IsVector<T>::value) {
    if (!value.is_array()) return wrong(where, "a list", value);
    T items;
    items.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
      auto item = value_of<typename T::value_type>(value[i], format("{}/{}", where, i));
      if (!item) return tl::unexpected(item.error());
      items.push_back(std::move(*item));
    }
    return items;
  } else if constexpr (std::floating_point<T>) {
    return real_of<T>(value, where);
  } else {
    return integer_of<T>(value, where);
  }
}

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (const auto at = too_deep_at(text, limits.depth_max); at != std::string_view::npos) {
    return refuse(ErrorKind::invalid, format("JSON nests deeper than {} levels", limits.depth_max), {},
                  format("byte {}", at));
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t at = error.byte > 0 ? error.byte - 1 : 0;
    const bool ended = at >= text.size();
    return refuse(ErrorKind::invalid, ended ? "JSON ends too early" : "is not JSON", {},
                  format("byte {}", at));
  } catch (const Json::exception&) {
    return refuse(ErrorKind::invalid, "JSON holds a number that is out of range");
  }
}

template <class T>
Result<std::optional<T>> json_find(const Json& object, std::string_view key) {
  const std::string where = format("/{}", key);
  if (!object.is_object()) return wrong("", "an object", object);
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::optional<T>{};
  auto value = value_of<T>(*found, where);
  if (!value) return tl::unexpected(value.error());
  return std::optional<T>(std::move(*value));
}

template <class T>
Result<T> json_get(const Json& object, std::string_view key) {
  auto value = json_find<T>(object, key);
  if (!value) return tl::unexpected(value.error());
  if (!*value) return refuse(ErrorKind::invalid, "is missing", {}, format("/{}", key));
  return std::move(**value);
}

template Result<std::string> json_get(const Json&, std::string_view);
template Result<bool> json_get(const Json&, std::string_view);
template Result<std::int32_t> json_get(const Json&, std::string_view);
template Result<std::int64_t> json_get(const Json&, std::string_view);
template Result<std::uint64_t> json_get(const Json&, std::string_view);
template Result<float> json_get(const Json&, std::string_view);
template Result<double> json_get(const Json&, std::string_view);
template Result<Json> json_get(const Json&, std::string_view);
template Result<std::vector<std::string>> json_get(const Json&, std::string_view);
template Result<std::vector<std::int32_t>> json_get(const Json&, std::string_view);
template Result<std::vector<std::int64_t>> json_get(const Json&, std::string_view);
template Result<std::vector<float>> json_get(const Json&, std::string_view);
template Result<std::vector<double>> json_get(const Json&, std::string_view);
template Result<std::optional<std::string>> json_find(const Json&, std::string_view);
template Result<std::optional<bool>> json_find(const Json&, std::string_view);
template Result<std::optional<std::int32_t>> json_find(const Json&, std::string_view);
template Result<std::optional<std::int64_t>> json_find(const Json&, std::string_view);
template Result<std::optional<std::uint64_t>> json_find(const Json&, std::string_view);
template Result<std::optional<float>> json_find(const Json&, std::string_view);
template Result<std::optional<double>> json_find(const Json&, std::string_view);
template Result<std::optional<Json>> json_find(const Json&, std::string_view);
template Result<std::optional<std::vector<std::string>>> json_find(const Json&, std::string_view);
template Result<std::optional<std::vector<std::int32_t>>> json_find(const Json&, std::string_view);
template Result<std::optional<std::vector<std::int64_t>>> json_find(const Json&, std::string_view);
template Result<std::optional<std::vector<float>>> json_find(const Json&, std::string_view);
template Result<std::optional<std::vector<double>>> json_find(const Json&, std::string_view);

}  // namespace preceptor
