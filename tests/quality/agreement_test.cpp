#include "quality/agreement.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace preceptor::quality {
namespace {

std::vector<Rating> codings() {
  std::ifstream file(std::string(PRECEPTOR_TEST_FOLDER) + "/fixtures/codings.csv");
  std::vector<Rating> ratings;
  std::string line;
  for (int rater = 0; std::getline(file, line); ++rater) {
    std::stringstream cells(line);
    std::string cell;
    for (int item = 0; std::getline(cells, cell, ','); ++item)
      if (!cell.empty() && cell != "\r") ratings.push_back({item, rater, std::stod(cell)});
  }
  return ratings;
}

// Values published with the data set for the four scales.
TEST(KrippendorffAlpha, MatchesPublishedValuesOnEveryScale) {
  const std::vector<Rating> ratings = codings();
  ASSERT_EQ(ratings.size(), 41u);
  EXPECT_NEAR(*krippendorff_alpha(ratings, Scale::nominal), .7434, 5e-5);
  EXPECT_NEAR(*krippendorff_alpha(ratings, Scale::ordinal), .8154, 5e-5);
  EXPECT_NEAR(*krippendorff_alpha(ratings, Scale::interval), .8491, 5e-5);
  EXPECT_NEAR(*krippendorff_alpha(ratings, Scale::ratio), .7974, 5e-5);
}

TEST(KrippendorffAlpha, IsUndefinedWhenAllValuesAreEqualOrNobodyOverlaps) {
  EXPECT_FALSE(
      krippendorff_alpha(std::vector<Rating>{{1, 1, 3}, {1, 2, 3}, {2, 1, 3}, {2, 2, 3}}, Scale::nominal));
  EXPECT_FALSE(krippendorff_alpha(std::vector<Rating>{{1, 1, 3}, {2, 2, 4}}, Scale::interval));
  EXPECT_FALSE(krippendorff_alpha({}, Scale::interval));
}

}  // namespace
}  // namespace preceptor::quality
