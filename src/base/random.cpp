#include "base/random.hpp"

#include <sodium.h>
#include <xxhash.h>

#include <bit>
#include <cassert>
#include <cmath>

#include "base/sodium_ready.hpp"

namespace preceptor {
namespace {

std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// Natural logarithm by frexp and the series 2·atanh((m-1)/(m+1)), m in [sqrt(1/2), sqrt(2)): additions,
// multiplications and divisions in a fixed order, which IEEE 754 rounds alike everywhere.
double portable_log(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < 0.70710678118654752) {
    mantissa *= 2;
    --exponent;
  }
  const double s = (mantissa - 1) / (mantissa + 1);
  const double square = s * s;
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  return 2 * s * sum + exponent * 0.69314718055994531;
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (auto& word : state_) word = splitmix(seed);
}

Random Random::from_state(const std::array<std::uint64_t, 4>& state) {
  Random random(0);
  random.state_ = state;
  return random;
}

Random Random::fork(std::string_view purpose) const {
  const std::uint64_t from_state = XXH3_64bits(state_.data(), sizeof(state_));
  return Random(XXH3_64bits_withSeed(purpose.data(), purpose.size(), from_state));
}

std::uint64_t Random::next() {
  auto& s = state_;
  const std::uint64_t result = std::rotl(s[0] + s[3], 23) + s[0];
  const std::uint64_t shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = std::rotl(s[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t n) {
  assert(n > 0);
  // Lemire (2019): the high half of a 128-bit product, rejecting the few values that would bias it.
  using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(next()) * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = -n % n;
    while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Wide>(next()) * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double Random::normal() {
  for (;;) {
    const double u = 2 * uniform() - 1;
    const double v = 2 * uniform() - 1;
    const double square = u * u + v * v;
    // The second of the pair is dropped: the state stays four words.
    if (square > 0 && square < 1) return u * std::sqrt(-2 * portable_log(square) / square);
  }
}

std::vector<std::byte> secure_random(std::size_t count) {
  sodium_ready();
  std::vector<std::byte> bytes(count);
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

}  // namespace preceptor
