#include "engine/kernels/unfilled_array.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <mutex>
#include <new>

namespace preceptor::engine {
namespace {

constexpr std::size_t line_bytes = 64;
constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;
constexpr std::size_t shared_bytes = 8 * huge_page_bytes;

std::size_t rounded_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

std::shared_ptr<std::byte> aligned(std::size_t bytes, std::size_t alignment) {
  const std::size_t whole = rounded_up(bytes, alignment);
  auto* const memory = static_cast<std::byte*>(std::aligned_alloc(alignment, whole));
  if (memory == nullptr) throw std::bad_alloc();
  std::shared_ptr<std::byte> owned(memory, [](std::byte* data) { std::free(data); });
  // Large arrays are walked end to end: huge pages spare most address look-ups. Only advice.
  if (alignment == huge_page_bytes) madvise(memory, whole, MADV_HUGEPAGE);
  return owned;
}

// Pages that are never touched take no memory: what is left of the last piece costs next to nothing.
struct SharedPages {
  std::mutex mutex;
  std::weak_ptr<std::byte> pages;  // held by the pieces alone
  std::size_t used = 0;

  std::shared_ptr<std::byte> take(std::size_t bytes) {
    const std::lock_guard lock(mutex);
    std::shared_ptr<std::byte> whole = pages.lock();
    if (!whole || used + bytes > shared_bytes) {
      whole = aligned(shared_bytes, huge_page_bytes);
      pages = whole;
      used = 0;
    }
    std::byte* const piece = whole.get() + used;
    used += rounded_up(bytes, line_bytes);
    return {std::move(whole), piece};
  }
};

}  // namespace

std::shared_ptr<std::byte> take_memory(std::size_t bytes, PageUse use) {
  if (bytes >= huge_page_bytes) return aligned(bytes, huge_page_bytes);
  if (use == PageUse::own) return aligned(bytes, line_bytes);
  static SharedPages shared;
  return shared.take(bytes);
}

}  // namespace preceptor::engine
