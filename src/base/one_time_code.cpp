#include "base/one_time_code.hpp"

#include <bit>

namespace preceptor {
namespace {

constexpr std::size_t block_bytes = 64;

std::uint32_t word_at(const std::byte* at) {
  return (std::to_integer<std::uint32_t>(at[0]) << 24) | (std::to_integer<std::uint32_t>(at[1]) << 16) |
         (std::to_integer<std::uint32_t>(at[2]) << 8) | std::to_integer<std::uint32_t>(at[3]);
}

struct Sha1State {
  std::array<std::uint32_t, 5> h{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};

  void add_block(const std::byte* block) {
    std::array<std::uint32_t, 80> w{};
    for (std::size_t t = 0; t < 16; ++t) w[t] = word_at(block + 4 * t);
    for (std::size_t t = 16; t < 80; ++t) w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    auto [a, b, c, d, e] = h;
    for (std::size_t t = 0; t < 80; ++t) {
      const auto [f, k] = t < 20   ? std::pair((b & c) | (~b & d), 0x5A827999U)
                          : t < 40 ? std::pair(b ^ c ^ d, 0x6ED9EBA1U)
                          : t < 60 ? std::pair((b & c) | (b & d) | (c & d), 0x8F1BBCDCU)
                                   : std::pair(b ^ c ^ d, 0xCA62C1D6U);
      const std::uint32_t next = std::rotl(a, 5) + f + e + k + w[t];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    h = {h[0] + a, h[1] + b, h[2] + c, h[3] + d, h[4] + e};
  }
};

}  // namespace

Sha1Digest sha1(std::span<const std::byte> bytes) {
  std::vector<std::byte> padded(bytes.begin(), bytes.end());
  padded.push_back(std::byte{0x80});
  while (padded.size() % block_bytes != block_bytes - 8) padded.push_back(std::byte{0});
  const std::uint64_t bits = static_cast<std::uint64_t>(bytes.size()) * 8;
  for (int shift = 56; shift >= 0; shift -= 8) padded.push_back(static_cast<std::byte>(bits >> shift));
  Sha1State state;
  for (std::size_t at = 0; at < padded.size(); at += block_bytes) state.add_block(padded.data() + at);
  Sha1Digest digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::byte>(state.h[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

Sha1Digest hmac_sha1(std::span<const std::byte> key, std::span<const std::byte> message) {
  std::array<std::byte, block_bytes> block{};
  if (key.size() > block_bytes) {
    const auto digest = sha1(key);
    std::copy(digest.begin(), digest.end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  std::vector<std::byte> inner, outer;
  for (const std::byte byte : block) {
    inner.push_back(byte ^ std::byte{0x36});
    outer.push_back(byte ^ std::byte{0x5c});
  }
  inner.insert(inner.end(), message.begin(), message.end());
  const auto digest = sha1(inner);
  outer.insert(outer.end(), digest.begin(), digest.end());
  return sha1(outer);
}

std::string base32(std::span<const std::byte> bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t held = 0;
  int bits = 0;
  for (const std::byte byte : bytes) {
    held = (held << 8) | std::to_integer<std::uint32_t>(byte);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(held >> bits) & 31U];
    }
  }
  if (bits > 0) text += alphabet[(held << (5 - bits)) & 31U];
  return text;
}

std::optional<std::vector<std::byte>> from_base32(std::string_view text) {
  std::vector<std::byte> bytes;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    std::uint32_t value = 0;
    if (c == ' ') continue;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<std::uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<std::uint32_t>(c - 'a');
    } else if (c >= '2' && c <= '7') {
      value = static_cast<std::uint32_t>(c - '2' + 26);
    } else {
      return std::nullopt;
    }
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::byte>(held >> bits));
    }
  }
  return bytes;
}

std::string one_time_code(std::span<const std::byte> secret, std::uint64_t counter, int digits) {
  std::array<std::byte, 8> message;
  for (std::size_t i = 0; i < message.size(); ++i)
    message[i] = static_cast<std::byte>(counter >> (56 - 8 * i));
  const auto digest = hmac_sha1(secret, message);
  const auto offset = std::to_integer<std::size_t>(digest[19] & std::byte{0x0f});
  std::uint32_t modulus = 1;
  for (int i = 0; i < digits; ++i) modulus *= 10;
  std::string code = std::to_string((word_at(digest.data() + offset) & 0x7fffffffU) % modulus);
  code.insert(0, static_cast<std::size_t>(digits) - code.size(), '0');
  return code;
}

std::optional<std::int64_t> matching_step(std::span<const std::byte> secret, std::string_view code,
                                          std::int64_t now_seconds, std::int64_t last_step) {
  const std::int64_t now = now_seconds / one_time_step_seconds;
  std::optional<std::int64_t> found;
  for (std::int64_t step = now - 1; step <= now + 1; ++step) {
    if (step < 0) continue;
    const std::string wanted = one_time_code(secret, static_cast<std::uint64_t>(step));
    // Every digit of every step is looked at, so that the time taken tells nothing.
    unsigned difference = wanted.size() == code.size() ? 0 : 1;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      difference |= static_cast<unsigned char>(wanted[i] ^ (i < code.size() ? code[i] : '\0'));
    if (difference == 0 && step > last_step && !found) found = step;
  }
  return found;
}

}  // namespace preceptor
