#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/config.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// Keys and values of this many consecutive positions stand in one page.
inline constexpr std::int32_t positions_per_page = 32;

// Where things stand in a page of values (of type Real). Keys are stored so that one element of 32 positions
// is contiguous, values so that one position is: both products of attention then run over contiguous memory.
//   keys:   (layers, kv_heads, head_dim, positions_per_page)
//   values: (layers, kv_heads, positions_per_page, value_stride)
struct PageLayout {
  explicit PageLayout(const ModelConfig& config);

  std::int32_t layer_count, kv_head_count, head_dim;
  std::int32_t value_stride;  // head_dim rounded up to whole vectors; the rest is zero

  std::size_t keys_at(std::int32_t layer, std::int32_t kv_head) const;
  std::size_t values_at(std::int32_t layer, std::int32_t kv_head) const;
  std::size_t size() const;  // in values
};

// The pages of one sequence, first position first.
struct SequenceCache {
  std::vector<std::int32_t> pages;
  std::int32_t length = 0;  // positions written
};

// Pages with reference counts, taken from the system as needed and kept for reuse. Not thread-safe, except
// that different threads may write different positions.
template <class Real>
class PagePool {
public:
  explicit PagePool(const PageLayout& layout) : layout_(layout) {}

  const PageLayout& layout() const { return layout_; }
  Real* page(std::int32_t index) { return pages_[static_cast<std::size_t>(index)].get(); }
  const Real* page(std::int32_t index) const { return pages_[static_cast<std::size_t>(index)].get(); }

  // Makes room for positions up to `length` and sets the length.
  void extend(SequenceCache& cache, std::int32_t length);
  // A sequence that goes on from `cache`: full pages are shared, the last, partial one is copied.
  SequenceCache fork(const SequenceCache& cache);
  void release(SequenceCache& cache);

  std::size_t pages_in_use() const { return pages_.size() - free_.size(); }

private:
  struct Free {
    void operator()(Real* memory) const;
  };
  std::int32_t take();

  PageLayout layout_;
  std::vector<std::unique_ptr<Real[], Free>> pages_;
  std::vector<std::int32_t> references_;
  std::vector<std::int32_t> free_;
};

}  // namespace preceptor::engine
