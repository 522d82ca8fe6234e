// The parts that payloads of several kinds are made of, read with the refusals that people can act on.
#pragma once

#include <algorithm>
#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "feedback/text_rules.hpp"
#include "feedback/types.hpp"

namespace preceptor::feedback {

constexpr std::size_t payload_bytes_max = 262144;

struct Flag {
  ResponseId response;
  std::string flag;  // one of flag_names
};
std::span<const std::string_view> flag_names();

// The refusal `invalid`.
tl::unexpected<Error> wrong(std::string message, std::string hint, std::string where);

std::string listed(std::span<const std::string_view> names);  // "better, tie, both_bad"

template <class Enum, std::size_t n>
std::optional<Enum> chosen(const std::array<std::string_view, n>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

// An object of at most payload_bytes_max with no other keys than these.
Result<nlohmann::json> parse_payload(std::string_view text, std::span<const std::string_view> known);
// The same of an object inside of it, that stands at `where`.
Result<void> check_keys(const nlohmann::json& object, std::span<const std::string_view> known,
                        const std::string& where);

// A text of at most text_bytes_max; "" when it is missing. `at` is where the object stands.
Result<std::string> text_at(const nlohmann::json& object, std::string_view key, Blank,
                            const std::string& at = "");
// One of the words; refused when it is missing or none of them.
Result<std::string> word_at(const nlohmann::json& object, std::string_view key,
                            std::span<const std::string_view> words, const std::string& at = "");
Result<bool> truth_at(const nlohmann::json& object, std::string_view key, const std::string& at = "");

bool holds(std::span<const ResponseId> responses, ResponseId id);
// The member "response_id", one of those; it may be left out when there is only one.
Result<ResponseId> response_at(const nlohmann::json& object, std::span<const ResponseId> responses,
                               const std::string& at);

// The member "flags", sorted, none twice.
Result<std::vector<Flag>> flags_at(const nlohmann::json& object, std::span<const ResponseId> responses);
nlohmann::json to_json(const std::vector<Flag>&);

}  // namespace preceptor::feedback
