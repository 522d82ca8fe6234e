#include "loop/conversation.hpp"

#include <gtest/gtest.h>

#include "loop/answerer.hpp"
#include "loop/every_page.hpp"

namespace preceptor::loop {
namespace {

TEST(Conversation, KeepsRolesAndWordsInTheirOrder) {
  const std::vector<text::Message> expected = {{"system", "Be exact."}, {"user", "Wann fährt die Fähre?"}};
  EXPECT_EQ(to_text({{"system", "Be exact."}, {"user", "Wann fährt die Fähre?"}}), expected);
  EXPECT_TRUE(to_text({}).empty());
}

TEST(SampleSeed, DependsOnTheSeedThePromptAndTheSampleAlone) {
  feedback::Prompt prompt;
  prompt.id = {3};
  feedback::Prompt other = prompt;
  other.id = {4};
  EXPECT_EQ(sample_seed(1, prompt, 0), sample_seed(1, prompt, 0));
  EXPECT_NE(sample_seed(1, prompt, 0), sample_seed(2, prompt, 0));
  EXPECT_NE(sample_seed(1, prompt, 0), sample_seed(1, prompt, 1));
  EXPECT_NE(sample_seed(1, prompt, 0), sample_seed(1, other, 0));
}

TEST(SampleSeed, FollowsTheAuthorsKeyWhereThereIsOne) {
  feedback::Prompt here;
  here.id = {3};
  here.key = "ferry/12";
  feedback::Prompt elsewhere = here;
  elsewhere.id = {900};
  EXPECT_EQ(sample_seed(1, here, 0), sample_seed(1, elsewhere, 0))
      << "the same prompt in another workspace gets the same answers";
}

TEST(EveryPage, GathersAllPagesInOrder) {
  std::vector<std::int64_t> asked_after;
  const auto all = every_page([&](Page page) {
    asked_after.push_back(page.after);
    Listing<std::int64_t> listing;
    for (std::int64_t i = page.after + 1; i <= std::min<std::int64_t>(page.after + 2, 5); ++i)
      listing.items.push_back(i);
    if (page.after + 2 < 5) listing.next = page.after + 2;
    return listing;
  });
  EXPECT_EQ(all, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(asked_after, (std::vector<std::int64_t>{0, 2, 4}));
}

}  // namespace
}  // namespace preceptor::loop
