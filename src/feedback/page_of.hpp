// One page of rows that are in memory anyway: lists that never grow long.
#pragma once

#include <algorithm>

#include "feedback/types.hpp"

namespace preceptor::feedback {

enum class Order { ascending, descending };  // of the keys; rows come in this order

// key_of: const T& → std::int64_t, different for each row. Page::after is a key.
template <class T, class KeyOf>
Listing<T> page_of(std::vector<T> rows, Page page, const KeyOf& key_of, Order order = Order::ascending) {
  const auto follows = [&](const T& row) {
    if (page.after == 0) return true;
    return order == Order::ascending ? key_of(row) > page.after : key_of(row) < page.after;
  };
  Listing<T> listing;
  for (auto row = std::find_if(rows.begin(), rows.end(), follows); row != rows.end(); ++row) {
    if (static_cast<std::int64_t>(listing.items.size()) == page.limit) {
      listing.next = key_of(listing.items.back());
      break;
    }
    listing.items.push_back(std::move(*row));
  }
  return listing;
}

}  // namespace preceptor::feedback
