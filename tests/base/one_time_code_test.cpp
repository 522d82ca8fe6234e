#include "base/one_time_code.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace preceptor {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
std::string hash(std::string_view text) { return hex(sha1(bytes_of(text))); }

const auto secret = bytes_of("12345678901234567890");

TEST(OneTimeCode, Sha1IsThatOfTheStandard) {
  EXPECT_EQ(hash("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hash(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(hash(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST(OneTimeCode, HmacIsThatOfRfc2202) {
  EXPECT_EQ(hex(hmac_sha1(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"))),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(hex(hmac_sha1(bytes_of(std::string(80, '\xaa')),
                          bytes_of("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST(OneTimeCode, CountersGiveTheCodesOfRfc4226) {
  const std::vector<std::string> codes = {"755224", "287082", "359152", "969429", "338314",
                                          "254676", "287922", "162583", "399871", "520489"};
  for (std::size_t i = 0; i < codes.size(); ++i) EXPECT_EQ(one_time_code(secret, i), codes[i]);
}

TEST(OneTimeCode, TimesGiveTheCodesOfRfc6238) {
  const std::vector<std::pair<std::int64_t, std::string>> vectors = {{59, "94287082"},
                                                                     {1'111'111'109, "07081804"},
                                                                     {1'111'111'111, "14050471"},
                                                                     {1'234'567'890, "89005924"},
                                                                     {2'000'000'000, "69279037"},
                                                                     {20'000'000'000, "65353130"}};
  for (const auto& [seconds, code] : vectors)
    EXPECT_EQ(one_time_code(secret, static_cast<std::uint64_t>(seconds / one_time_step_seconds), 8), code);
}

TEST(OneTimeCode, ACodeOfTheStepBeforeOrAfterIsTakenAndNoOther) {
  const std::int64_t now = 1'700'000'000;
  const std::int64_t step = now / one_time_step_seconds;
  for (const std::int64_t off : {-2, -1, 0, 1, 2}) {
    const auto code = one_time_code(secret, static_cast<std::uint64_t>(step + off));
    const auto found = matching_step(secret, code, now, 0);
    EXPECT_EQ(found.has_value(), off >= -1 && off <= 1) << off;
    if (found) {
      EXPECT_EQ(*found, step + off);
    }
  }
}

TEST(OneTimeCode, ACodeWorksOnceOnly) {
  const std::int64_t now = 1'700'000'000;
  const std::int64_t step = now / one_time_step_seconds;
  const auto code = one_time_code(secret, static_cast<std::uint64_t>(step));
  ASSERT_TRUE(matching_step(secret, code, now, step - 1));
  EXPECT_FALSE(matching_step(secret, code, now, step));
  EXPECT_FALSE(matching_step(secret, code, now + 30, step));
}

TEST(OneTimeCode, WhatIsNoCodeMatchesNothing) {
  for (const std::string code : {"", "1", "12345", "1234567", "abcdef", "      "})
    EXPECT_FALSE(matching_step(secret, code, 1'700'000'000, 0)) << code;
}

TEST(OneTimeCode, Base32IsThatOfRfc4648) {
  EXPECT_EQ(base32(bytes_of("foobar")), "MZXW6YTBOI");
  EXPECT_EQ(base32(bytes_of("fooba")), "MZXW6YTB");
  EXPECT_EQ(base32(bytes_of("f")), "MY");
  const auto back = from_base32("mzxw 6ytb oi");
  ASSERT_TRUE(back);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(back->data()), back->size()), "foobar");
  EXPECT_FALSE(from_base32("MZXW6YT1"));
}

}  // namespace
}  // namespace preceptor
