#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/generation/prefix_cache.hpp"

namespace preceptor::engine {

// How many pages there may be, and which are kept of texts that have ended. Borrows the pages.
class CacheRoom {
public:
  // One whole context and a page to copy into always fit.
  CacheRoom(PageBook& pages, std::int32_t context_length, std::size_t bytes_max,
            std::size_t prefix_bytes_max);

  PageBook& pages() { return *pages_; }
  std::size_t pages_max() const { return pages_max_; }
  std::size_t prefix_pages() const { return prefix_.page_count(); }

  // Whether so many pages could be taken, letting go of ended texts.
  bool could_take(std::size_t count) const;
  // Lets go of ended texts until so many pages can be taken; false when that is not enough.
  bool make_room(std::size_t count);

  SequenceCache find(std::span<const TokenId> tokens);
  // Remembers the whole pages of a sequence that was written with these tokens.
  void keep(std::span<const TokenId> tokens, const SequenceCache& cache);
  void forget() { prefix_.clear(); }

private:
  std::size_t taken() const { return pages_->pages_in_use(); }

  PageBook* pages_;
  PrefixCache prefix_;
  std::size_t pages_max_;
  std::size_t prefix_pages_max_;
};

}  // namespace preceptor::engine
