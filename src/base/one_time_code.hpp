// Codes that an authenticator shows: HMAC-SHA-1 (RFC 2104, FIPS 180-4), HOTP (RFC 4226), TOTP (RFC 6238).
// SHA-1 is what every authenticator speaks; its use inside HMAC is not touched by the collisions known.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace preceptor {

using Sha1Digest = std::array<std::byte, 20>;
Sha1Digest sha1(std::span<const std::byte> bytes);
Sha1Digest hmac_sha1(std::span<const std::byte> key, std::span<const std::byte> message);

// RFC 4648, capital letters, no padding.
std::string base32(std::span<const std::byte> bytes);
// Accepts small letters and spaces; nothing for what is no base32.
std::optional<std::vector<std::byte>> from_base32(std::string_view text);

// The code of a counter, with leading zeros; 6 to 8 digits.
std::string one_time_code(std::span<const std::byte> secret, std::uint64_t counter, int digits = 6);

inline constexpr std::int64_t one_time_step_seconds = 30;
// The step of time whose code this is: now, the one before or the one after (clocks differ a little), and
// later than `last_step`, so that no code works twice. Nothing when there is none.
std::optional<std::int64_t> matching_step(std::span<const std::byte> secret, std::string_view code,
                                          std::int64_t now_seconds, std::int64_t last_step);

}  // namespace preceptor
