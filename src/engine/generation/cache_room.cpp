#include "engine/generation/cache_room.hpp"

#include <algorithm>

namespace preceptor::engine {

CacheRoom::CacheRoom(PageBook& pages, std::int32_t context_length, std::size_t bytes_max,
                     std::size_t prefix_bytes_max)
    : pages_(&pages),
      prefix_(pages),
      pages_max_(std::max(bytes_max / pages.page_bytes(), pages_for(context_length) + 1)),
      prefix_pages_max_(prefix_bytes_max / pages.page_bytes()) {}

bool CacheRoom::could_take(std::size_t count) const {
  if (taken() + count <= pages_max_) return true;
  return taken() - prefix_.droppable_count() + count <= pages_max_;
}

bool CacheRoom::make_room(std::size_t count) {
  while (taken() + count > pages_max_) {
    if (!prefix_.drop_one()) return false;
  }
  return true;
}

SequenceCache CacheRoom::find(std::span<const TokenId> tokens) { return prefix_.find(tokens); }

void CacheRoom::keep(std::span<const TokenId> tokens, const SequenceCache& cache) {
  if (prefix_pages_max_ == 0) return;
  prefix_.keep(tokens, cache);
  while (prefix_.page_count() > prefix_pages_max_ && prefix_.drop_one()) {}
}

}  // namespace preceptor::engine
