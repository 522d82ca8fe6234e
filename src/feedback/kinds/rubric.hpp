// A response held against the weighted criteria of the rubric: each is met or not.
#pragma once

#include <map>

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

struct RubricPayload {
  std::map<std::string, bool> met;  // every criterion of the rubric
  std::map<std::string, std::string> notes;
  double score = 0;
};
Result<RubricPayload> parse_rubric_payload(std::string_view payload, const RubricVersion&);

// Σ weights of the criteria that are met over Σ weights above zero, clipped to [0, 1] (HealthBench). Criteria
// that are missing in `met` count as not met.
double rubric_score(std::span<const RubricCriterion>, const std::map<std::string, bool>& met);

}  // namespace preceptor::feedback
