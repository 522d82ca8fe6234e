#include "engine/constrained/schema_limits.hpp"

#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "base/json.hpp"

namespace preceptor::engine {
namespace {

using nlohmann::json;

Result<void> check_members(const json& value) {
  if (value.is_object() && value.size() > schema_members_max)
    return refuse(ErrorKind::too_large,
                  format("schema: an object may have {} members at most", schema_members_max));
  for (const auto& [name, inner] : value.items()) {
    if (value.is_object() && name.size() > schema_name_bytes_max)
      return refuse(ErrorKind::too_large,
                    format("schema: a name may have {} bytes at most", schema_name_bytes_max));
    if (!inner.is_structured()) continue;
    if (auto checked = check_members(inner); !checked) return checked;
  }
  return {};
}

}  // namespace

Result<void> check_schema_size(std::string_view schema_json) {
  if (schema_json.size() > schema_bytes_max)
    return refuse(ErrorKind::too_large, "a schema may have a megabyte at most");
  const auto parsed = parse_json(schema_json, {.depth_max = schema_depth_max});
  if (!parsed) return tl::unexpected(parsed.error());
  return parsed->is_structured() ? check_members(*parsed) : Result<void>{};
}

}  // namespace preceptor::engine
