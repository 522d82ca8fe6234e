#include "server/device.hpp"

#include <gtest/gtest.h>

namespace preceptor::server {
namespace {

TEST(Device, IsNamedInWordsThatItsOwnerKnows) {
  EXPECT_EQ(device_of("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            "Firefox on Linux");
  EXPECT_EQ(device_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                      "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"),
            "Edge on Windows");
  EXPECT_EQ(device_of("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
                      "like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"),
            "Safari on iPhone");
  EXPECT_EQ(device_of("curl/7.88.1"), "curl/7.88.1");
  EXPECT_EQ(device_of(""), "");
}

TEST(Device, NeverKeepsMoreThanAFewPlainCharacters) {
  EXPECT_EQ(device_of(std::string(5000, 'x')).size(), 80U);
  EXPECT_EQ(device_of("a\x01\xff<b>"), "a<b>");
}

}  // namespace
}  // namespace preceptor::server
