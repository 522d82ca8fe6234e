#include "engine/constrained/token_trie.hpp"

#include <algorithm>
#include <deque>

namespace preceptor::engine {

// Level by level, so that the children of a node stand together.
TokenTrie::TokenTrie(std::span<const std::string> bytes) {
  std::vector<TokenId> order;
  for (std::size_t id = 0; id < bytes.size(); ++id) {
    if (!bytes[id].empty()) order.push_back(static_cast<TokenId>(id));
  }
  const auto text = [&](TokenId id) -> const std::string& { return bytes[static_cast<std::size_t>(id)]; };
  std::ranges::sort(order,
                    [&](TokenId a, TokenId b) { return text(a) != text(b) ? text(a) < text(b) : a < b; });

  struct Part {
    std::size_t node, begin, end, depth;  // the tokens of `order` below a node
  };
  nodes_.push_back({});
  std::deque<Part> open = {{0, 0, order.size(), 0}};
  while (!open.empty()) {
    auto [node, begin, end, depth] = open.front();
    open.pop_front();
    nodes_[node].first_token = static_cast<std::int32_t>(tokens_.size());
    while (begin < end && text(order[begin]).size() == depth) tokens_.push_back(order[begin++]);
    nodes_[node].token_count = static_cast<std::int32_t>(tokens_.size()) - nodes_[node].first_token;
    nodes_[node].first_child = static_cast<std::int32_t>(nodes_.size());
    while (begin < end) {
      const char byte = text(order[begin])[depth];
      std::size_t next = begin;
      while (next < end && text(order[next])[depth] == byte) ++next;
      open.push_back({nodes_.size(), begin, next, depth + 1});
      nodes_.push_back({.byte = static_cast<unsigned char>(byte)});
      ++nodes_[node].child_count;
      begin = next;
    }
  }
}

}  // namespace preceptor::engine
