// One response, a point on the scale of each dimension of the rubric, with reasons where it asks for them.
#pragma once

#include <map>

#include "feedback/kinds/kind.hpp"
#include "feedback/kinds/parts.hpp"

namespace preceptor::feedback {

struct RatePayload {
  std::map<std::string, std::int64_t> scores;  // every dimension of the rubric
  std::map<std::string, std::string> reasons;  // where given
  std::vector<Flag> flags;
};
Result<RatePayload> parse_rate(std::string_view payload, const RubricVersion&,
                               std::span<const ResponseId> responses);

}  // namespace preceptor::feedback
