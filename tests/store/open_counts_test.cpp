#include "store/open_counts.hpp"

#include <gtest/gtest.h>

namespace preceptor::store {
namespace {

TEST(OpenCounts, ManyOpenTasksAreKnownForAMomentAndNeverTooMany) {
  OpenCounts counts;
  const auto now = OpenCounts::Clock::now();
  const ProjectId project{7};
  EXPECT_FALSE(counts.at_least(project, now));
  counts.keep(project, 1'000'000, now);
  EXPECT_EQ(counts.at_least(project, now), 1'000'000 - OpenCounts::margin);
  EXPECT_EQ(counts.at_least(project, now + OpenCounts::age_max), 1'000'000 - OpenCounts::margin);
  EXPECT_FALSE(counts.at_least(project, now + OpenCounts::age_max + std::chrono::milliseconds(1)));
  EXPECT_FALSE(counts.at_least(ProjectId{8}, now));
}

TEST(OpenCounts, FewAreCountedEachTime) {
  OpenCounts counts;
  const auto now = OpenCounts::Clock::now();
  counts.keep(ProjectId{7}, 2 * OpenCounts::margin, now);
  EXPECT_FALSE(counts.at_least(ProjectId{7}, now));
}

}  // namespace
}  // namespace preceptor::store
