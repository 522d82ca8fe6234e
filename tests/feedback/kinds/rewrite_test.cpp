#include "feedback/kinds/rewrite.hpp"

#include <gtest/gtest.h>

namespace preceptor::feedback {
namespace {

const Matter matter{.responses = {{7}}, .rubric = {}, .text_of = [](ResponseId) {
                      return std::optional<std::string>("Here is how.");
                    }};

std::string refused_at(std::string_view payload) {
  const auto result = rewrite_kind().check(payload, matter);
  return result ? "accepted" : result.error().where;
}

TEST(Rewrite, IsAnotherTextOfAKnownKindForAKnownHarm) {
  EXPECT_EQ(rewrite_kind().check(
                R"({"text":"I cannot help with that.","approach":"refusal","hazard":"hate"})", matter),
            R"({"approach":"refusal","hazard":"hate","note":"","text":"I cannot help with that."})");
  EXPECT_EQ(refused_at(R"({"text":"Here is how.","approach":"refusal","hazard":"hate"})"), "/text");
  EXPECT_EQ(refused_at(R"({"text":" ","approach":"refusal","hazard":"hate"})"), "/text");
  EXPECT_EQ(refused_at(R"({"text":"No.","approach":"silence","hazard":"hate"})"), "/approach");
  EXPECT_EQ(refused_at(R"({"text":"No.","approach":"refusal","hazard":"bad luck"})"), "/hazard");
  EXPECT_EQ(refused_at(R"({"text":"No.","approach":"refusal","hazard":"other"})"), "accepted");
}

}  // namespace
}  // namespace preceptor::feedback
