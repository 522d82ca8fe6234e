#include "engine/formats/safetensors_header.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>

#include "base/encoding.hpp"

namespace preceptor::engine {
namespace {

using nlohmann::json;

// An object of objects that hold arrays.
constexpr int object_depth_max = 2;
constexpr int array_depth_max = 3;

struct HeaderProblem : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string tensor_called(std::string_view name) {
  return "tensor '" + std::string(utf8_prefix(name, 200)) + "'";
}

// nlohmann keeps the last of two equal keys, which would let two readers see different weights in one file.
class StrictKeys {
public:
  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    if ((event == json::parse_event_t::object_start && depth >= object_depth_max) ||
        (event == json::parse_event_t::array_start && depth >= array_depth_max)) {
      throw HeaderProblem("the header is nested deeper than its format allows");
    }
    if (event == json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (depth == 1) {
        if (!names_.insert(key).second) throw HeaderProblem(tensor_called(key) + " appears twice");
        fields_.clear();
        current_ = key;
      } else if (!fields_.insert(key).second) {
        throw HeaderProblem(tensor_called(current_) + " has the field '" +
                            std::string(utf8_prefix(key, 200)) + "' twice");
      }
    }
    return true;
  }

private:
  std::set<std::string> names_;
  std::set<std::string> fields_;
  std::string current_;
};

std::size_t bits_per_value(std::string_view type_name) {
  static const std::map<std::string_view, std::size_t> known = {
      {"BOOL", 8}, {"U8", 8},   {"I8", 8},   {"F8_E5M2", 8}, {"F8_E4M3", 8},
      {"U16", 16}, {"I16", 16}, {"F16", 16}, {"BF16", 16},   {"U32", 32},
      {"I32", 32}, {"F32", 32}, {"U64", 64}, {"I64", 64},    {"F64", 64}};
  const auto found = known.find(type_name);
  return found == known.end() ? 0 : found->second;
}

std::size_t unsigned_number(const json& value, const std::string& what) {
  if (!value.is_number_unsigned()) throw HeaderProblem(what + " is not a non-negative whole number");
  return value.get<std::size_t>();
}

const json& field(const json& object, const char* key, const std::string& who) {
  const auto found = object.find(key);
  if (found == object.end()) throw HeaderProblem(who + " has no '" + key + "'");
  return *found;
}

SafetensorsEntry entry_from(const std::string& name, const json& value) {
  const std::string who = tensor_called(name);
  if (!value.is_object()) throw HeaderProblem(who + " is not described by an object");
  SafetensorsEntry entry{.name = name, .type_name = {}, .shape = {}};

  const json& type = field(value, "dtype", who);
  if (!type.is_string()) throw HeaderProblem(who + " has a dtype that is not a string");
  entry.type_name = type.get<std::string>();
  const std::size_t value_bits = bits_per_value(entry.type_name);
  if (value_bits == 0) {
    throw HeaderProblem(who + " has the unknown dtype '" + std::string(utf8_prefix(entry.type_name, 40)) +
                        "'");
  }

  const json& shape = field(value, "shape", who);
  if (!shape.is_array()) throw HeaderProblem(who + " has a shape that is not an array");
  std::size_t count = 1;
  for (const json& dimension : shape) {
    const std::size_t size = unsigned_number(dimension, "a dimension of " + who);
    if (size > static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max()) ||
        __builtin_mul_overflow(count, size, &count)) {
      throw HeaderProblem(who + " has a shape whose size overflows 64 bits");
    }
    entry.shape.push_back(static_cast<std::int64_t>(size));
  }
  entry.count = count;

  const json& offsets = field(value, "data_offsets", who);
  if (!offsets.is_array() || offsets.size() != 2)
    throw HeaderProblem(who + " has data_offsets that are not a pair");
  entry.begin = unsigned_number(offsets[0], "a data offset of " + who);
  entry.end = unsigned_number(offsets[1], "a data offset of " + who);
  if (entry.begin > entry.end) throw HeaderProblem(who + " ends before it begins");

  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, value_bits / 8, &bytes)) {
    throw HeaderProblem(who + " has a shape whose size overflows 64 bits");
  }
  if (bytes != entry.end - entry.begin) {
    throw HeaderProblem(who + " needs " + std::to_string(bytes) +
                        " bytes by its shape and dtype but its offsets span " +
                        std::to_string(entry.end - entry.begin));
  }
  return entry;
}

void check_layout(std::vector<SafetensorsEntry>& entries, std::size_t data_bytes) {
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::size_t position = 0;
  for (const SafetensorsEntry& entry : entries) {
    if (entry.end > data_bytes) {
      throw HeaderProblem(tensor_called(entry.name) + " ends at byte " + std::to_string(entry.end) +
                          " of the data, which has " + std::to_string(data_bytes) +
                          " bytes: the file is truncated or its header is wrong");
    }
    if (entry.begin < position)
      throw HeaderProblem(tensor_called(entry.name) + " overlaps the tensor before it");
    if (entry.begin > position) {
      throw HeaderProblem("a hole of " + std::to_string(entry.begin - position) + " bytes lies before " +
                          tensor_called(entry.name));
    }
    position = entry.end;
  }
  if (position != data_bytes) {
    throw HeaderProblem(std::to_string(data_bytes - position) +
                        " bytes after the last tensor belong to none");
  }
}

}  // namespace

Result<SafetensorsHeader> parse_safetensors_header(std::string_view json_text, std::size_t data_bytes,
                                                   std::string_view file_name) {
  const auto refused = [&](const std::string& problem) {
    return refuse(ErrorKind::corrupt, problem,
                  "The file is damaged or not a safetensors file; fetch it again.", std::string(file_name));
  };
  if (!valid_utf8(json_text)) return refused("the header is not valid UTF-8");
  try {
    StrictKeys strict_keys;
    const json parsed = json::parse(json_text, std::ref(strict_keys));
    if (!parsed.is_object()) return refused("the header is not a JSON object");
    SafetensorsHeader header;
    for (const auto& [name, value] : parsed.items()) {
      if (name != "__metadata__") {
        header.entries.push_back(entry_from(name, value));
        continue;
      }
      if (!value.is_object()) return refused("__metadata__ is not an object");
      for (const auto& [key, text] : value.items()) {
        if (!text.is_string()) return refused("__metadata__ holds a value that is not a string");
        header.metadata.emplace(key, text.get<std::string>());
      }
    }
    check_layout(header.entries, data_bytes);
    return header;
  } catch (const HeaderProblem& problem) {
    return refused(problem.what());
  } catch (const json::parse_error& problem) {
    return refused("the header is not valid JSON at byte " + std::to_string(problem.byte));
  } catch (const json::exception& problem) {
    return refused(std::string("the header holds a value out of range: ") + problem.what());
  }
}

}  // namespace preceptor::engine
