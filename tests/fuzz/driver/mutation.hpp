#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace preceptor::fuzz {

// Inputs made from seeds by a few random changes: bytes, pieces, numbers, words that matter in JSON, TOML,
// HTTP and templates, mixtures of two seeds, and deep repetition. The same seeds give the same inputs.
class Mutator {
public:
  explicit Mutator(std::vector<std::string> seeds) : seeds_(std::move(seeds)) {}

  // Valid until the next call.
  const std::string& next();

private:
  void change();
  void change_byte();
  void put_word();
  void put_number();
  void remove_piece();
  void repeat_piece();
  void mix();
  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }
  std::size_t place() { return below(input_.size() + 1); }

  static constexpr std::size_t input_bytes_max = 1 << 16;
  std::vector<std::string> seeds_;
  std::mt19937_64 random_{20'261'123};  // its numbers are the same everywhere, unlike those of distributions
  std::string input_;
};

}  // namespace preceptor::fuzz
