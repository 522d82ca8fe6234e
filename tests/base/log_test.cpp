#include "base/log.hpp"

#include <gtest/gtest.h>

#include <string>

namespace preceptor {
namespace {

std::string logged(auto&& act) {
  testing::internal::CaptureStderr();
  act();
  return testing::internal::GetCapturedStderr();
}

TEST(Log, WritesOneLineWithTimeLevelAndMessage) {
  const std::string line = logged([] { log_warning("{} of {}", 3, 4); });
  EXPECT_TRUE(line.ends_with("Z warning 3 of 4\n")) << line;
}

TEST(Log, CannotBeForgedByALineBreak) {
  const std::string line = logged([] { log_info("name: {}", "x\r\n2026 error fake"); });
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_NE(line.find("x\\r\\n2026"), std::string::npos);
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  set_log_level(LogLevel::error);
  EXPECT_EQ(logged([] { log_warning("quiet"); }), "");
  EXPECT_NE(logged([] { log_error("loud"); }), "");
  set_log_level(LogLevel::info);
}

}  // namespace
}  // namespace preceptor
