// What a judgment says, per kind of task, and the check that stands before it is kept.
#pragma once

#include <map>
#include <span>

#include "base/result.hpp"
#include "feedback/types.hpp"

namespace preceptor::feedback {

enum class Outcome { better, tie, both_bad };
enum class Strength { slightly, clearly, much };
std::string_view name_of(Outcome);
std::string_view name_of(Strength);

struct Flag {
  ResponseId response;
  std::string flag;  // one of flag_names
};
std::span<const std::string_view> flag_names();

struct ComparePayload {
  Outcome outcome = Outcome::tie;
  ResponseId better;                 // with Outcome::better only
  std::optional<Strength> strength;  // with Outcome::better only
  std::string reason;
  std::vector<Flag> flags;
};
struct RatePayload {
  std::map<std::string, std::int64_t> scores;  // every dimension of the rubric
  std::map<std::string, std::string> reasons;  // where given
  std::vector<Flag> flags;
};
struct WritePayload {
  std::string text;
  std::string note;
};

// Parse and check; refusals name the place (`where`: JSON pointer) and what to do.
Result<ComparePayload> parse_compare(std::string_view payload, std::span<const ResponseId> responses);
Result<RatePayload> parse_rate(std::string_view payload, const RubricVersion&,
                               std::span<const ResponseId> responses);
Result<WritePayload> parse_write(std::string_view payload);

// Answers the payload in the form in which it is kept: known keys only, sorted, no white space.
Result<std::string> check_payload(TaskKind, std::string_view payload, const RubricVersion&,
                                  std::span<const ResponseId> responses);

// A draft is kept as typed: an object, valid UTF-8, not too deep, not too large.
Result<void> check_draft(std::string_view payload);

}  // namespace preceptor::feedback
