#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace preceptor {

// SHA-256, fed piece by piece. hex() ends it: 64 lower-case digits, after which it starts anew.
class Sha256 {
public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(std::span<const std::byte> bytes);
  void add(std::string_view text);
  std::string hex();

private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view text);
// Throws Failure when the file cannot be read.
std::string sha256_file(const std::filesystem::path& path);

// Fast and stable across platforms and versions; not for anything an adversary could choose.
std::uint64_t xxh3(std::string_view text);

}  // namespace preceptor
