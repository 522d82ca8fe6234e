#include "feedback/rubric_templates.hpp"

#include <gtest/gtest.h>

#include <set>

#include "feedback/projects.hpp"

namespace preceptor::feedback {
namespace {

TEST(RubricTemplates, EachCanBeTakenAsItIs) {
  for (const RubricTemplate& one : rubric_templates()) {
    const auto checked = check_rubric(one.dimensions, one.criteria);
    EXPECT_TRUE(checked) << one.key << ": " << (checked ? "" : checked.error().text());
    EXPECT_FALSE(one.label.empty());
  }
}

TEST(RubricTemplates, CoverTheFiveDomainsAndSayWhatAnAnswerShouldNotDo) {
  std::set<std::string> keys;
  for (const RubricTemplate& one : rubric_templates()) {
    keys.insert(one.key);
    int against = 0;
    for (const RubricCriterion& criterion : one.criteria) against += criterion.weight < 0 ? 1 : 0;
    EXPECT_GE(against, 2) << one.key;
    for (const RubricDimension& dimension : one.dimensions)
      EXPECT_EQ(dimension.anchors.size(), 5U) << dimension.key;
  }
  EXPECT_EQ(keys, (std::set<std::string>{"medical", "legal", "technical", "creative", "financial"}));
}

}  // namespace
}  // namespace preceptor::feedback
