#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/config.hpp"
#include "engine/kernels/precision.hpp"
#include "engine/kernels/unfilled_array.hpp"

namespace preceptor::engine {

// Keys and values of this many consecutive positions stand in one page.
inline constexpr std::int32_t positions_per_page = 32;

// Pages that hold that many positions.
constexpr std::size_t pages_for(std::int32_t positions) {
  return static_cast<std::size_t>((positions + positions_per_page - 1) / positions_per_page);
}

// Where things stand in a page of values (of type Real). Keys are stored so that one element of 32 positions
// is contiguous, values so that one position is: both products of attention then run over contiguous memory.
//   keys:   (layers, kv_heads, head_dim, positions_per_page)
//   values: (layers, kv_heads, positions_per_page, value_stride)
// In pages of bf16 two neighbours along the summed depth stand side by side, as the processor's products of
// pairs want them:
//   keys:   (layers, kv_heads, head_dim / 2, positions_per_page, 2)
//   values: (layers, kv_heads, positions_per_page / 2, value_stride, 2)
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

// Who holds which page: reference counts, whatever the pages are made of.
class PageBook {
public:
  virtual ~PageBook() = default;

  // Makes room for positions up to `length` and sets the length.
  void extend(SequenceCache& cache, std::int32_t length);
  // A sequence that goes on from `cache`: full pages are shared, the last, partial one is copied.
  SequenceCache fork(const SequenceCache& cache);
  void release(SequenceCache& cache);

  // One more, one less holder of a page.
  void share(std::int32_t page) { ++references_[static_cast<std::size_t>(page)]; }
  void drop(std::int32_t page);
  std::int32_t references(std::int32_t page) const { return references_[static_cast<std::size_t>(page)]; }

  std::size_t pages_in_use() const { return references_.size() - free_.size(); }
  virtual std::size_t page_bytes() const = 0;

protected:
  PageBook() = default;
  PageBook(PageBook&&) = default;
  PageBook& operator=(PageBook&&) = default;

private:
  virtual void make_page() = 0;  // one more, at the end
  virtual void copy_page(std::int32_t from, std::int32_t to) = 0;
  std::int32_t take();

  std::vector<std::int32_t> references_;
  std::vector<std::int32_t> free_;
};

// Pages taken from the system as needed and kept for reuse. Not thread-safe, except that different threads
// may write different positions.
template <class Real>
class PagePool final : public PageBook {
public:
  explicit PagePool(const PageLayout& layout) : layout_(layout) {}

  const PageLayout& layout() const { return layout_; }
  Real* page(std::int32_t index) { return pages_[static_cast<std::size_t>(index)].data(); }
  const Real* page(std::int32_t index) const { return pages_[static_cast<std::size_t>(index)].data(); }
  std::size_t page_bytes() const override { return layout_.size() * sizeof(Real); }

private:
  void make_page() override;
  void copy_page(std::int32_t from, std::int32_t to) override;

  PageLayout layout_;
  std::vector<UnfilledArray<Real>> pages_;
};

}  // namespace preceptor::engine
