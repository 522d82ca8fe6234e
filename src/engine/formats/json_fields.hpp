#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace preceptor::engine {

// Reads typed fields of one JSON object and remembers the first that does not fit; null counts as absent. Ask
// problem() before using what was read.
class JsonFields {
public:
  JsonFields(const nlohmann::json& object, std::string_view where);

  std::int32_t whole(const char* key);  // required
  std::int32_t whole_or(const char* key, std::int32_t otherwise);
  float number_or(const char* key, float otherwise);
  bool flag_or(const char* key, bool otherwise);
  std::string text_or(const char* key, std::string_view otherwise);
  std::vector<std::int32_t> ids_or(const char* key, std::vector<std::int32_t> otherwise);  // one id or a list
  const nlohmann::json* find(const char* key) const;  // nullptr if absent

  void refuse_field(ErrorKind kind, const std::string& message, const std::string& hint = {});
  const std::optional<Error>& problem() const { return problem_; }

private:
  std::optional<std::int32_t> as_id(const nlohmann::json& value) const;

  const nlohmann::json& object_;
  std::string where_;
  std::optional<Error> problem_;
};

}  // namespace preceptor::engine
