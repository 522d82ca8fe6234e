#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace preceptor {

// Deterministic randomness, the same on every platform: xoshiro256++ (Blackman and Vigna, 2019) seeded by
// splitmix64. Not for secrets: see secure_random. Not synchronised; give each thread its own fork.
class Random {
public:
  explicit Random(std::uint64_t seed);

  // A stream of its own for a purpose, the same whatever else was or will be drawn from other forks of this
  // state.
  Random fork(std::string_view purpose) const;

  std::uint64_t next();
  // Uniform in [0, n), without bias; n must be positive.
  std::uint64_t below(std::uint64_t n);
  // Uniform in [0, 1), 53 bits.
  double uniform();
  // Mean 0, variance 1 (Marsaglia's polar method, with a logarithm of our own so that every libm agrees).
  double normal();

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t left = items.size(); left > 1; --left) {
      using std::swap;
      swap(items[left - 1], items[static_cast<std::size_t>(below(left))]);
    }
  }

  std::array<std::uint64_t, 4> state() const { return state_; }
  static Random from_state(const std::array<std::uint64_t, 4>& state);

private:
  std::array<std::uint64_t, 4> state_;
};

// From the operating system, for tokens, salts and keys.
std::vector<std::byte> secure_random(std::size_t count);

}  // namespace preceptor
