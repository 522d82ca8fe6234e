#include <gtest/gtest.h>

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {
namespace {

const Matter matter{.responses = {{7}}, .rubric = {}};

std::string refused_at(std::string_view payload) {
  const auto result = flag_kind().check(payload, matter);
  return result ? "accepted" : result.error().where;
}

TEST(FlagWork, NamesWhatIsWrongOrSaysThatNothingIs) {
  EXPECT_EQ(flag_kind().check(R"({"flags":[{"response_id":7,"flag":"unsafe"}]})", matter),
            R"({"flags":[{"flag":"unsafe","response_id":7}],"note":"","nothing":false})");
  EXPECT_EQ(refused_at(R"({"flags":[],"nothing":true})"), "accepted");
  EXPECT_EQ(refused_at(R"({"flags":[]})"), "/flags");
  EXPECT_EQ(refused_at(R"({"flags":[{"response_id":7,"flag":"unsafe"}],"nothing":true})"), "/nothing");
  EXPECT_EQ(refused_at(R"({"flags":[{"response_id":8,"flag":"unsafe"}]})"), "/flags/0/response_id");
}

TEST(FlagWork, AgreementIsTheShareOfPairsWithTheSameFlags) {
  const std::string unsafe = R"({"flags":[{"flag":"unsafe","response_id":7}],"note":"","nothing":false})";
  const std::string nothing = R"({"flags":[],"note":"","nothing":true})";
  EXPECT_DOUBLE_EQ(flag_kind().agreement(std::vector{unsafe, nothing}, matter), 0);
  EXPECT_DOUBLE_EQ(flag_kind().agreement(std::vector{unsafe, unsafe}, matter), 1);
}

}  // namespace
}  // namespace preceptor::feedback
