// Rubrics to begin with, for domains where a mistake costs. A project takes one and changes what it likes.
#pragma once

#include <span>

#include "feedback/types.hpp"

namespace preceptor::feedback {

struct RubricTemplate {
  std::string key;    // medical, legal, technical, creative, financial
  std::string label;  // for people
  std::vector<RubricDimension> dimensions;
  std::vector<RubricCriterion> criteria;
};
std::span<const RubricTemplate> rubric_templates();

}  // namespace preceptor::feedback
