#include "engine/generation/page_pool.hpp"

#include <algorithm>
#include <cassert>

namespace preceptor::engine {
namespace {

constexpr std::int32_t floats_per_vector_max = 16;

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
void PagePool<Real>::make_page() {
  pages_.emplace_back(layout_.size(), PageUse::shared);
  std::fill_n(pages_.back().data(), layout_.size(), Real{});
}

template <class Real>
void PagePool<Real>::copy_page(std::int32_t from, std::int32_t to) {
  std::copy_n(page(from), layout_.size(), page(to));
}

std::int32_t PageBook::take() {
  if (free_.empty()) {
    make_page();
    references_.push_back(1);
    return static_cast<std::int32_t>(references_.size()) - 1;
  }
  const std::int32_t index = free_.back();
  free_.pop_back();
  references_[static_cast<std::size_t>(index)] = 1;
  return index;
}

void PageBook::extend(SequenceCache& cache, std::int32_t length) {
  while (cache.pages.size() < pages_for(length)) cache.pages.push_back(take());
  cache.length = length;
}

SequenceCache PageBook::fork(const SequenceCache& cache) {
  SequenceCache forked = cache;
  const auto full = static_cast<std::size_t>(cache.length / positions_per_page);
  for (std::size_t i = 0; i < full; ++i) share(cache.pages[i]);
  forked.pages.resize(full);
  if (full < cache.pages.size()) {
    forked.pages.push_back(take());
    copy_page(cache.pages[full], forked.pages.back());
  }
  return forked;
}

void PageBook::drop(std::int32_t page) {
  std::int32_t& references = references_[static_cast<std::size_t>(page)];
  assert(references > 0);
  if (--references == 0) free_.push_back(page);
}

void PageBook::release(SequenceCache& cache) {
  for (const std::int32_t page : cache.pages) drop(page);
  cache = {};
}

template class PagePool<float>;
template class PagePool<Bf16>;

}  // namespace preceptor::engine
