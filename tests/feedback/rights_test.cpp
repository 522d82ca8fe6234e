#include "feedback/rights.hpp"

#include <gtest/gtest.h>

#include <set>

namespace preceptor::feedback {
namespace {

using Rights = std::set<Right>;

Rights rights_of(Role role) {
  Rights rights;
  for (int i = 0; i < right_count; ++i) {
    if (allowed(role, static_cast<Right>(i))) rights.insert(static_cast<Right>(i));
  }
  return rights;
}

const Rights trainer{Right::see_project, Right::judge};
const Rights reviewer{Right::see_project,       Right::judge,       Right::review,      Right::see_content,
                      Right::see_all_judgments, Right::see_quality, Right::see_results, Right::chat};
const Rights lead{Right::see_project,       Right::judge,        Right::review,        Right::see_content,
                  Right::see_all_judgments, Right::see_quality,  Right::see_results,   Right::chat,
                  Right::edit_guidelines,   Right::edit_content, Right::pause_members, Right::run_rounds};
const Rights owner{Right::see_project,       Right::judge,          Right::review,        Right::see_content,
                   Right::see_all_judgments, Right::see_quality,    Right::see_results,   Right::chat,
                   Right::edit_guidelines,   Right::edit_content,   Right::pause_members, Right::run_rounds,
                   Right::see_invitations,   Right::manage_members, Right::promote};

TEST(Rights, EachRoleHasExactlyItsOwn) {
  EXPECT_EQ(rights_of(Role::trainer), trainer);
  EXPECT_EQ(rights_of(Role::reviewer), reviewer);
  EXPECT_EQ(rights_of(Role::lead), lead);
  EXPECT_EQ(rights_of(Role::owner), owner);
}

TEST(Rights, AHigherRoleLosesNothing) {
  const Role ladder[] = {Role::trainer, Role::reviewer, Role::lead, Role::owner};
  for (int step = 0; step < 3; ++step) {
    for (int i = 0; i < right_count; ++i) {
      const auto right = static_cast<Right>(i);
      if (allowed(ladder[step], right)) {
        EXPECT_TRUE(allowed(ladder[step + 1], right)) << name_of(right);
      }
    }
  }
}

TEST(Rights, ATokenForReadingIsGoodForLookingOnly) {
  const Rights looks{Right::see_project, Right::see_content, Right::see_all_judgments,
                     Right::see_quality, Right::see_results, Right::see_invitations};
  for (int i = 0; i < right_count; ++i) {
    const auto right = static_cast<Right>(i);
    EXPECT_EQ(act_of(right) == Act::reads, looks.contains(right)) << name_of(right);
  }
  const Actor reader{.scope = TokenScope::read};
  EXPECT_TRUE(require_scope(reader, Act::reads));
  EXPECT_EQ(require_scope(reader, Act::changes).error().kind, ErrorKind::forbidden);
  EXPECT_TRUE(require_scope({}, Act::changes));
}

TEST(Rights, ATokenForJudgingOrForModelsIsGoodForNothingElse) {
  for (int i = 0; i < right_count; ++i) {
    const auto right = static_cast<Right>(i);
    EXPECT_EQ(permits(TokenScope::judge, right),
              right == Right::judge || right == Right::review || right == Right::see_project);
    EXPECT_EQ(permits(TokenScope::model, right), right == Right::chat) << name_of(right);
    EXPECT_TRUE(permits(TokenScope::write, right));
  }
  const Actor judge{.administrator = true, .scope = TokenScope::judge};
  EXPECT_TRUE(require_scope(judge, Act::reads));
  EXPECT_FALSE(require_scope(judge, Act::changes));
  EXPECT_FALSE(require_administrator(judge, Act::reads));
  const Actor model{.administrator = true, .scope = TokenScope::model};
  EXPECT_FALSE(require_scope(model, Act::reads));
  EXPECT_FALSE(require_administrator(model, Act::reads));
}

TEST(Rights, NoTokenIsASession) {
  EXPECT_TRUE(require_session({}));
  EXPECT_EQ(require_session({.by_token = true}).error().kind, ErrorKind::forbidden);
}

TEST(Rights, ATokenForReadingIsNoAdministratorsPen) {
  const Actor reader{.administrator = true, .scope = TokenScope::read};
  EXPECT_TRUE(require_administrator(reader, Act::reads));
  EXPECT_EQ(require_administrator(reader, Act::changes).error().kind, ErrorKind::forbidden);
  EXPECT_EQ(require_administrator({}, Act::reads).error().kind, ErrorKind::forbidden);
}

TEST(Rights, EveryRightHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i < right_count; ++i) EXPECT_TRUE(names.insert(name_of(static_cast<Right>(i))).second);
}

}  // namespace
}  // namespace preceptor::feedback
