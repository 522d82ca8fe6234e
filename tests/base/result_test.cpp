#include "base/result.hpp"

#include <gtest/gtest.h>

namespace preceptor {
namespace {

TEST(Error, TextSaysWhereWhatAndWhatToDo) {
  const Error error{ErrorKind::invalid, "is missing", "add it", "/name"};
  EXPECT_EQ(error.text(), "/name: is missing (add it)");
  EXPECT_EQ((Error{ErrorKind::invalid, "is missing", "", ""}.text()), "is missing");
}

TEST(Refusal, IsAValueThatKeepsItsParts) {
  const Result<int> result = refuse(ErrorKind::conflict, "was taken", "take another", "slot 3");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::conflict);
  EXPECT_EQ(result.error().hint, "take another");
  EXPECT_EQ(result.error().where, "slot 3");
}

TEST(Failure, CarriesItsErrorThroughAThrow) {
  try {
    throw Failure(ErrorKind::out_of_space, "the disk is full", "free some", "/data");
  } catch (const std::exception& caught) {
    EXPECT_STREQ(caught.what(), "/data: the disk is full (free some)");
    EXPECT_EQ(dynamic_cast<const Failure&>(caught).error.kind, ErrorKind::out_of_space);
  }
}

TEST(ErrorKind, HasANameOfItsOwnForEachKind) {
  std::vector<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
    names.push_back(name_of(static_cast<ErrorKind>(kind)));
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace preceptor
