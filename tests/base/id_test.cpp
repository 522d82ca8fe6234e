#include "base/id.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace preceptor {
namespace {

using TaskId = Id<struct TaskTag>;
using PersonId = Id<struct PersonTag>;

static_assert(!std::is_convertible_v<TaskId, PersonId>);
static_assert(!std::is_convertible_v<std::int64_t, TaskId>);

TEST(Id, ZeroMeansNoneYet) {
  EXPECT_FALSE(TaskId{});
  EXPECT_TRUE(TaskId{7});
}

TEST(Id, OrdersAndHashesByItsValue) {
  EXPECT_LT(TaskId{1}, TaskId{2});
  const std::unordered_set<TaskId> seen = {TaskId{1}, TaskId{1}, TaskId{2}};
  EXPECT_EQ(seen.size(), 2U);
}

}  // namespace
}  // namespace preceptor
