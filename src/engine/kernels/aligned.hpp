#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "engine/kernels/unfilled_array.hpp"

namespace preceptor::engine {

// A zeroed array that starts on a cache line; a large one is in huge pages where the system has them. T is
// trivial.
template <class T>
class AlignedArray {
public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size) : values_(size) {
    std::uninitialized_fill_n(values_.data(), size, T{});
  }

  T* data() { return values_.data(); }
  const T* data() const { return values_.data(); }
  std::size_t size() const { return values_.size(); }
  std::span<T> span() { return {data(), size()}; }
  std::span<const T> span() const { return {data(), size()}; }

private:
  UnfilledArray<T> values_;
};

}  // namespace preceptor::engine
