#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace preceptor::engine {

// As AlignedArray, for what is written in full before it is read: the threads that write it are the first to
// touch its pages. T is trivial.
template <class T>
class UnfilledArray {
public:
  UnfilledArray() = default;
  explicit UnfilledArray(std::size_t size) : size_(size) {
    if (size == 0) return;
    const std::size_t alignment = size * sizeof(T) >= huge_page_bytes ? huge_page_bytes : line_bytes;
    const std::size_t bytes = (size * sizeof(T) + alignment - 1) / alignment * alignment;
    data_.reset(static_cast<T*>(std::aligned_alloc(alignment, bytes)));
    if (!data_) throw std::bad_alloc();
    if (alignment == huge_page_bytes) madvise(data_.get(), bytes, MADV_HUGEPAGE);  // only advice
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

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
