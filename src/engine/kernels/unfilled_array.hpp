#pragma once

#include <cstddef>
#include <memory>

namespace preceptor::engine {

// Whether an array has pages of its own. Shared: pieces too small for a huge page that are made one after
// another stand one behind the other in huge pages, which go back to the system with the last of them. For
// what is made together, lives together and is walked together.
enum class PageUse { own, shared };

// Memory on a cache line, not touched yet; a huge page or more is in huge pages where the system has them.
// Throws std::bad_alloc. Safe on any thread.
std::shared_ptr<std::byte> take_memory(std::size_t bytes, PageUse);

// As AlignedArray, for what is written in full before it is read: the threads that write it are the first to
// touch its pages. T is trivial.
template <class T>
class UnfilledArray {
public:
  UnfilledArray() = default;
  explicit UnfilledArray(std::size_t size, PageUse use = PageUse::own) : size_(size) {
    if (size > 0) memory_ = take_memory(size * sizeof(T), use);
  }
  UnfilledArray(UnfilledArray&&) noexcept = default;
  UnfilledArray& operator=(UnfilledArray&&) noexcept = default;

  T* data() { return reinterpret_cast<T*>(memory_.get()); }
  const T* data() const { return reinterpret_cast<const T*>(memory_.get()); }
  std::size_t size() const { return size_; }

private:
  std::shared_ptr<std::byte> memory_;
  std::size_t size_ = 0;
};

}  // namespace preceptor::engine
