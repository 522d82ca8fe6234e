#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "engine/kernels/aligned.hpp"

namespace preceptor::engine {

// Hands out parts of one block. A plan is walked twice: once with no block to learn its size, once to carve
// it.
class Carver {
public:
  explicit Carver(std::byte* block) : block_(block) {}

  template <class T>
  std::span<T> take(std::size_t count) {
    constexpr std::size_t line_bytes = 64;
    std::byte* at = block_ == nullptr ? nullptr : block_ + used_;
    used_ += (count * sizeof(T) + line_bytes - 1) / line_bytes * line_bytes;
    return at == nullptr ? std::span<T>{} : std::span<T>{reinterpret_cast<T*>(at), count};
  }
  std::size_t used() const { return used_; }

private:
  std::byte* block_;
  std::size_t used_ = 0;
};

// A block that grows to the largest plan seen and is reused from step to step; contents do not survive
// carve().
class Arena {
public:
  template <class Plan>
  void carve(const Plan& plan) {
    Carver measure(nullptr);
    plan(measure);
    if (measure.used() > block_.size()) {
      block_ = {};
      // A little more, so that batches of nearly one size do not allocate each time.
      block_ = AlignedArray<std::byte>(measure.used() + std::min(measure.used() / 8, std::size_t{1} << 20U));
    }
    Carver carver(block_.data());
    plan(carver);
  }

private:
  AlignedArray<std::byte> block_;
};

}  // namespace preceptor::engine
