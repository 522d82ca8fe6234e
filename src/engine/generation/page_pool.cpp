#include "engine/generation/page_pool.hpp"

#include <algorithm>
#include <cassert>
#include <new>

namespace preceptor::engine {
namespace {

constexpr std::int32_t floats_per_vector_max = 16;
constexpr std::align_val_t page_alignment{64};

}  // namespace

PageLayout::PageLayout(const ModelConfig& config)
    : layer_count(config.layer_count),
      kv_head_count(config.kv_head_count),
      head_dim(config.head_dim),
      value_stride((config.head_dim + floats_per_vector_max - 1) / floats_per_vector_max *
                   floats_per_vector_max) {}

std::size_t PageLayout::keys_at(std::int32_t layer, std::int32_t kv_head) const {
  const auto head = static_cast<std::size_t>(layer) * static_cast<std::size_t>(kv_head_count) +
                    static_cast<std::size_t>(kv_head);
  return head * static_cast<std::size_t>(positions_per_page) *
         static_cast<std::size_t>(head_dim + value_stride);
}

std::size_t PageLayout::values_at(std::int32_t layer, std::int32_t kv_head) const {
  return keys_at(layer, kv_head) +
         static_cast<std::size_t>(positions_per_page) * static_cast<std::size_t>(head_dim);
}

std::size_t PageLayout::size() const { return keys_at(layer_count, 0); }

template <class Real>
void PagePool<Real>::Free::operator()(Real* memory) const {
  ::operator delete[](memory, page_alignment);
}

template <class Real>
std::int32_t PagePool<Real>::take() {
  if (!free_.empty()) {
    const std::int32_t index = free_.back();
    free_.pop_back();
    references_[static_cast<std::size_t>(index)] = 1;
    return index;
  }
  const std::size_t count = layout_.size();
  auto* memory = static_cast<Real*>(::operator new[](count * sizeof(Real), page_alignment));
  std::fill_n(memory, count, Real{});
  pages_.emplace_back(memory);
  references_.push_back(1);
  return static_cast<std::int32_t>(pages_.size()) - 1;
}

template <class Real>
void PagePool<Real>::extend(SequenceCache& cache, std::int32_t length) {
  while (static_cast<std::int32_t>(cache.pages.size()) * positions_per_page < length)
    cache.pages.push_back(take());
  cache.length = length;
}

template <class Real>
SequenceCache PagePool<Real>::fork(const SequenceCache& cache) {
  SequenceCache forked = cache;
  const auto full = static_cast<std::size_t>(cache.length / positions_per_page);
  for (std::size_t i = 0; i < full; ++i) ++references_[static_cast<std::size_t>(cache.pages[i])];
  if (full < cache.pages.size()) {
    forked.pages[full] = take();
    std::copy_n(page(cache.pages[full]), layout_.size(), page(forked.pages[full]));
  }
  return forked;
}

template <class Real>
void PagePool<Real>::release(SequenceCache& cache) {
  for (const std::int32_t index : cache.pages) {
    assert(references_[static_cast<std::size_t>(index)] > 0);
    if (--references_[static_cast<std::size_t>(index)] == 0) free_.push_back(index);
  }
  cache = {};
}

template class PagePool<float>;
template class PagePool<Bf16>;

}  // namespace preceptor::engine
