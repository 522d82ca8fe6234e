#include "server/wire/reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

namespace preceptor::server::wire {

namespace {

// The place in the document, kept on the stack and only spelled out when something is refused.
struct Place {
  const Place* parent = nullptr;
  std::string_view key;
  std::size_t index = 0;

  std::string pointer() const {
    if (parent == nullptr) return "";
    return parent->pointer() + "/" + (key.data() != nullptr ? std::string(key) : fmt::format("{}", index));
  }
};

tl::unexpected<Error> refuse_at(const Place& place, std::string message, std::string hint = {}) {
  return refuse(ErrorKind::invalid, std::move(message), std::move(hint), place.pointer());
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

Result<void> check_text(const Place& place, std::string_view text, const Bounds& bounds) {
  if (!bounds.choices.empty() &&
      std::find(bounds.choices.begin(), bounds.choices.end(), text) == bounds.choices.end())
    return refuse_at(place, "This is none of the words that are allowed here",
                     "Use one of: " + joined(bounds.choices));
  if (text.size() < bounds.length_min)
    return refuse_at(
        place, fmt::format("At least {} bytes are needed here, got {}", bounds.length_min, text.size()));
  if (text.size() > bounds.length_max)
    return refuse_at(place, fmt::format("At most {} bytes fit here, got {}", bounds.length_max, text.size()));
  return {};
}

Result<void> check_number(const Place& place, double value, const Bounds& bounds) {
  if (!std::isfinite(value)) return refuse_at(place, "A finite number is needed here");
  if (value < bounds.minimum)
    return refuse_at(place, fmt::format("The least allowed here is {}", bounds.minimum));
  if (value > bounds.maximum)
    return refuse_at(place, fmt::format("The most allowed here is {}", bounds.maximum));
  return {};
}

Result<void> store_integer(const Place& place, std::int64_t value, const Type& type, const Bounds& bounds,
                           void* into) {
  const auto as_double = static_cast<double>(value);
  if (as_double < type.minimum || as_double > type.maximum)
    return refuse_at(place, type.minimum == 1 ? "Ids are positive integers" : "This integer is out of range");
  if (auto checked = check_number(place, as_double, bounds); !checked) return checked;
  type.set_integer(into, value);
  return {};
}

Result<void> read_value(const Place&, const nlohmann::json&, const Type&, const Bounds&, void* into);

Result<void> read_object(const Place& place, const nlohmann::json& value, const Type& type, void* into) {
  if (!value.is_object()) return refuse_at(place, "An object is needed here");
  for (const auto& [key, ignored] : value.items()) {
    const auto known = std::any_of(type.fields.begin(), type.fields.end(),
                                   [&key = key](const Field& field) { return field.key == key; });
    if (!known) {
      std::vector<std::string_view> keys;
      for (const Field& field : type.fields) keys.push_back(field.key);
      return refuse_at({&place, std::string_view(key)}, "Nothing by this name is known here",
                       "Known: " + joined(keys));
    }
  }
  for (const Field& field : type.fields) {
    const Place inner{&place, field.key};
    const auto found = value.find(std::string(field.key));
    if (found == value.end()) {
      if (field.presence == Presence::required) return refuse_at(inner, "This is missing");
      continue;
    }
    void* target = static_cast<char*>(into) + field.offset;
    if (auto read = read_value(inner, *found, *field.type, field.bounds, target); !read) return read;
  }
  return {};
}

Result<void> read_list(const Place& place, const nlohmann::json& value, const Type& type,
                       const Bounds& bounds, void* into) {
  if (!value.is_array()) return refuse_at(place, "A list is needed here");
  if (value.size() < bounds.items_min)
    return refuse_at(place, fmt::format("At least {} items are needed here", bounds.items_min));
  if (value.size() > bounds.items_max)
    return refuse_at(place, fmt::format("At most {} items fit here, got {}", bounds.items_max, value.size()),
                     "Send them in several calls");
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Place inner{&place, {}, i};
    if (auto read = read_value(inner, value[i], *type.element, bounds, type.append(into)); !read) return read;
  }
  return {};
}

Result<void> read_map(const Place& place, const nlohmann::json& value, const Type& type, const Bounds& bounds,
                      void* into) {
  if (!value.is_object()) return refuse_at(place, "An object is needed here");
  if (value.size() > bounds.items_max)
    return refuse_at(place,
                     fmt::format("At most {} entries fit here, got {}", bounds.items_max, value.size()));
  for (const auto& [key, item] : value.items()) {
    const Place inner{&place, std::string_view(key)};
    if (auto read = read_value(inner, item, *type.element, bounds, type.insert(into, key)); !read)
      return read;
  }
  return {};
}

Result<void> read_integer(const Place& place, const nlohmann::json& value, const Type& type,
                          const Bounds& bounds, void* into) {
  if (!value.is_number_integer()) return refuse_at(place, "An integer is needed here");
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > 9223372036854775807ULL)
    return refuse_at(place, "This integer is out of range");
  return store_integer(place, value.get<std::int64_t>(), type, bounds, into);
}

Result<void> read_string(const Place& place, const nlohmann::json& value, const Bounds& bounds,
                         std::string& into) {
  if (!value.is_string()) return refuse_at(place, "A string is needed here");
  into = value.get_ref<const std::string&>();
  // A NUL would end the text in half of the world's software.
  if (into.find('\0') != std::string::npos)
    return refuse_at(place, "The character U+0000 is not allowed in text");
  return check_text(place, into, bounds);
}

Result<void> read_value(const Place& place, const nlohmann::json& value, const Type& type,
                        const Bounds& bounds, void* into) {
  switch (type.kind) {
    case Kind::nothing: return {};
    case Kind::boolean:
      if (!value.is_boolean()) return refuse_at(place, "true or false is needed here");
      type.set_integer(into, value.get<bool>() ? 1 : 0);
      return {};
    case Kind::integer: return read_integer(place, value, type, bounds, into);
    case Kind::number:
      if (!value.is_number()) return refuse_at(place, "A number is needed here");
      type.set_number(into, value.get<double>());
      return check_number(place, value.get<double>(), bounds);
    case Kind::string: return read_string(place, value, bounds, *static_cast<std::string*>(into));
    case Kind::timestamp: {
      auto moment = value.is_string() ? Timestamp::parse(value.get_ref<const std::string&>())
                                      : Result<Timestamp>(refuse(ErrorKind::invalid, ""));
      if (!moment)
        return refuse_at(place, "A moment in UTC is needed here", "Write it as 2026-01-31T12:00:00Z");
      *static_cast<Timestamp*>(into) = *moment;
      return {};
    }
    case Kind::json: {
      auto& text = static_cast<Json*>(into)->text;
      text = value.dump();
      return check_text(place, text, bounds);
    }
    case Kind::nullable:
      if (value.is_null()) return {};
      return read_value(place, value, *type.element, bounds, type.emplace(into));
    case Kind::list: return read_list(place, value, type, bounds, into);
    case Kind::map: return read_map(place, value, type, bounds, into);
    case Kind::object: return read_object(place, value, type, into);
  }
  return {};
}

Result<void> read_query_value(const Place& place, const std::string& text, const Type& type,
                              const Bounds& bounds, void* into) {
  const auto end = text.data() + text.size();
  switch (type.kind) {
    case Kind::nullable: return read_query_value(place, text, *type.element, bounds, type.emplace(into));
    case Kind::string:
      if (!valid_utf8(text)) return refuse_at(place, "This is not UTF-8");
      *static_cast<std::string*>(into) = text;
      return check_text(place, text, bounds);
    case Kind::integer: {
      std::int64_t value = 0;
      if (auto [stop, error] = std::from_chars(text.data(), end, value); error != std::errc{} || stop != end)
        return refuse_at(place, "An integer is needed here");
      return store_integer(place, value, type, bounds, into);
    }
    case Kind::boolean:
      if (text != "true" && text != "false") return refuse_at(place, "true or false is needed here");
      type.set_integer(into, text == "true" ? 1 : 0);
      return {};
    default: throw Failure(ErrorKind::internal, "A query field has a type that a query string cannot carry");
  }
}

}  // namespace

Result<void> read_json(std::string_view text, const Type& type, void* into) {
  auto document = parse_json(text);
  if (!document) return tl::unexpected(document.error());
  return read_value({}, *document, type, {}, into);
}

Result<void> read_query(const QueryItems& items, const Type& type, void* into) {
  std::vector<std::string_view> seen;
  for (const auto& [key, value] : items) {
    const Place root;
    const Place place{&root, key};
    const auto field = std::find_if(type.fields.begin(), type.fields.end(),
                                    [&key = key](const Field& candidate) { return candidate.key == key; });
    if (field == type.fields.end()) return refuse_at(place, "This query parameter is not known here");
    if (std::find(seen.begin(), seen.end(), key) != seen.end())
      return refuse_at(place, "This query parameter stands here twice");
    seen.push_back(key);
    void* target = static_cast<char*>(into) + field->offset;
    if (auto read = read_query_value(place, value, *field->type, field->bounds, target); !read) return read;
  }
  for (const Field& field : type.fields) {
    if (field.presence == Presence::required && std::find(seen.begin(), seen.end(), field.key) == seen.end())
      return refuse(ErrorKind::invalid, "This query parameter is missing", {}, "/" + std::string(field.key));
  }
  return {};
}

}  // namespace preceptor::server::wire
