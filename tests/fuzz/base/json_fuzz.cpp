// Any text as JSON: what is accepted can be written and read again, and is then the same.
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "driver/input.hpp"

using namespace preceptor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const auto json = parse_json(text, {.depth_max = 16});
  if (!json) {
    fuzz::require(json.error().kind == ErrorKind::invalid, "JSON is refused as invalid");
    return 0;
  }
  const auto again = parse_json(json->dump(), {.depth_max = 16});
  fuzz::require(again.has_value() && *again == *json, "JSON that was written is read again as it was");
  for (const char* key : {"a", "b", ""}) {
    (void)json_get<std::string>(*json, key);
    (void)json_get<std::int32_t>(*json, key);
    (void)json_find<std::int64_t>(*json, key);
    (void)json_get<std::uint64_t>(*json, key);
    (void)json_find<double>(*json, key);
    (void)json_get<float>(*json, key);
    (void)json_get<std::vector<std::int32_t>>(*json, key);
    (void)json_get<std::vector<std::string>>(*json, key);
    (void)json_find<std::vector<double>>(*json, key);
  }
  return 0;
}
