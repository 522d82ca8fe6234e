#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/formats/gguf/gguf_file.hpp"

namespace preceptor::engine {

// Reads typed metadata of one GGUF file and remembers the first key that does not fit. Ask problem() before
// using what was read. A key that begins with a dot stands under the architecture: ".block_count" is
// "llama.block_count".
class GgufFields {
public:
  explicit GgufFields(const GgufFile& file);

  const std::string& architecture() const { return architecture_; }

  std::int32_t whole(std::string_view key);  // required
  std::int32_t whole_or(std::string_view key, std::int32_t otherwise);
  float number_or(std::string_view key, float otherwise);
  bool flag_or(std::string_view key, bool otherwise);
  std::string text_or(std::string_view key, std::string_view otherwise);
  std::optional<bool> flag(std::string_view key);
  bool has(std::string_view key) const { return find(key) != nullptr; }
  const GgufValue* find(std::string_view key) const;  // nullptr if absent

  void refuse_key(ErrorKind kind, const std::string& message, const std::string& hint = {});
  const std::optional<Error>& problem() const { return problem_; }

private:
  std::string full(std::string_view key) const;

  const GgufFile& file_;
  std::string architecture_;
  std::optional<Error> problem_;
};

}  // namespace preceptor::engine
