#include "base/log_fields.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

TEST(Log, PutsFieldsBehindTheMessage) {
  const std::string line = logged([] {
    log_fields(LogLevel::info, "request", {{"id", "7-1"}, {"path", "/a\nb"}});
  });
  EXPECT_TRUE(line.ends_with("Z info request id=7-1 path=/a\\nb\n")) << line;
}

TEST(Log, WritesOneObjectALineWhenAskedForJson) {
  set_log_format(LogFormat::json);
  const std::string line = logged([] { log_fields(LogLevel::warning, "it said \"no\"\n", {{"id", "7-1"}}); });
  set_log_format(LogFormat::text);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  const auto value = nlohmann::json::parse(line);
  EXPECT_EQ(value.at("level"), "warning");
  EXPECT_EQ(value.at("message"), "it said \"no\"\n");
  EXPECT_EQ(value.at("id"), "7-1");
  EXPECT_TRUE(value.at("time").get<std::string>().ends_with("Z"));
}

}  // namespace
}  // namespace preceptor
