#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace preceptor::engine {

// A zeroed array that starts on a cache line; a large one is in huge pages where the system has them. T is
// trivial.
template <class T>
class AlignedArray {
public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size) : size_(size) {
    if (size == 0) return;
    const std::size_t alignment = size * sizeof(T) >= huge_page_bytes ? huge_page_bytes : line_bytes;
    const std::size_t bytes = (size * sizeof(T) + alignment - 1) / alignment * alignment;
    data_.reset(static_cast<T*>(std::aligned_alloc(alignment, bytes)));
    if (!data_) throw std::bad_alloc();
    // Large arrays are walked end to end every step: huge pages spare most address look-ups. Only advice.
    if (alignment == huge_page_bytes) madvise(data_.get(), bytes, MADV_HUGEPAGE);
    std::uninitialized_fill_n(data_.get(), size, T{});
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<T> span() { return {data_.get(), size_}; }
  std::span<const T> span() const { return {data_.get(), size_}; }

private:
  static constexpr std::size_t line_bytes = 64;
  static constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;

  struct Release {
    void operator()(T* data) const { std::free(data); }
  };
  std::unique_ptr<T[], Release> data_;
  std::size_t size_ = 0;
};

}  // namespace preceptor::engine
