#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/generation/page_pool.hpp"
#include "engine/generation/sampling.hpp"

namespace preceptor::engine {

// Whole pages of earlier texts, found again by the tokens from the beginning of the text to the page's end.
// It holds each page it knows once; sequences that go on from a page hold it as well. Borrows the pages.
class PrefixCache {
public:
  explicit PrefixCache(PageBook& pages) : pages_(&pages) {}
  PrefixCache(const PrefixCache&) = delete;
  PrefixCache& operator=(const PrefixCache&) = delete;

  // The longest known beginning of the tokens, one token at least left over. The caller holds its pages.
  SequenceCache find(std::span<const TokenId> tokens);

  // Remembers the whole pages of a sequence that was written with these tokens.
  void keep(std::span<const TokenId> tokens, const SequenceCache& cache);

  // Lets go of the page that was not used for longest, of those that only this cache holds and no longer text
  // goes on from. False when there is none.
  bool drop_one();
  void clear();

  std::size_t page_count() const { return nodes_.size(); }
  std::size_t droppable_count() const;  // how often drop_one would find something

private:
  using NodeId = std::uint64_t;  // 0: before the first page
  struct Node {
    std::string key;
    NodeId parent = 0;
    std::int32_t page = -1;
    std::int32_t children = 0;
    std::uint64_t used = 0;
  };
  static std::string key_of(NodeId parent, std::span<const TokenId> tokens);
  void touch(NodeId id);
  void erase(NodeId id);

  PageBook* pages_;
  std::unordered_map<std::string, NodeId> ids_;
  std::unordered_map<NodeId, Node> nodes_;
  std::set<std::pair<std::uint64_t, NodeId>> leaves_;  // by last use
  NodeId last_id_ = 0;
  std::uint64_t time_ = 0;
};

}  // namespace preceptor::engine
