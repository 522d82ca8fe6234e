// All items of a listing that comes in pages.
#pragma once

#include <utility>
#include <vector>

#include "loop/types.hpp"

namespace preceptor::loop {

// fetch: (Page) → Listing<T>
template <class Fetch>
auto every_page(Fetch fetch) {
  Page page{.limit = 1000};
  auto listing = fetch(page);
  auto all = std::move(listing.items);
  while (listing.next) {
    page.after = *listing.next;
    listing = fetch(page);
    all.insert(all.end(), std::make_move_iterator(listing.items.begin()),
               std::make_move_iterator(listing.items.end()));
  }
  return all;
}

}  // namespace preceptor::loop
