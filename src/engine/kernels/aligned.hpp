#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace preceptor::engine {

// A zeroed array that starts on a cache line. T is trivial.
template <class T>
class AlignedArray {
public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size) : size_(size) {
    constexpr std::size_t line_bytes = 64;
    if (size == 0) return;
    const std::size_t bytes = (size * sizeof(T) + line_bytes - 1) / line_bytes * line_bytes;
    data_.reset(static_cast<T*>(std::aligned_alloc(line_bytes, bytes)));
    if (!data_) throw std::bad_alloc();
    std::uninitialized_fill_n(data_.get(), size, T{});
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<T> span() { return {data_.get(), size_}; }
  std::span<const T> span() const { return {data_.get(), size_}; }

private:
  struct Release {
    void operator()(T* data) const { std::free(data); }
  };
  std::unique_ptr<T[], Release> data_;
  std::size_t size_ = 0;
};

}  // namespace preceptor::engine
