#include "engine/generation/prefix_cache.hpp"

#include <algorithm>
#include <cstring>

namespace preceptor::engine {
namespace {

constexpr auto page_tokens = static_cast<std::size_t>(positions_per_page);

}  // namespace

// The tokens themselves, no hash of them: two texts are never taken for one another.
std::string PrefixCache::key_of(NodeId parent, std::span<const TokenId> tokens) {
  std::string key(sizeof parent + tokens.size_bytes(), '\0');
  std::memcpy(key.data(), &parent, sizeof parent);
  std::memcpy(key.data() + sizeof parent, tokens.data(), tokens.size_bytes());
  return key;
}

SequenceCache PrefixCache::find(std::span<const TokenId> tokens) {
  SequenceCache found;
  NodeId parent = 0;
  for (std::size_t end = page_tokens; end < tokens.size(); end += page_tokens) {
    const auto known = ids_.find(key_of(parent, tokens.subspan(end - page_tokens, page_tokens)));
    if (known == ids_.end()) break;
    parent = known->second;
    touch(parent);
    const std::int32_t page = nodes_.at(parent).page;
    pages_->share(page);
    found.pages.push_back(page);
  }
  found.length = static_cast<std::int32_t>(found.pages.size()) * positions_per_page;
  return found;
}

void PrefixCache::keep(std::span<const TokenId> tokens, const SequenceCache& cache) {
  const std::size_t written = std::min(tokens.size(), static_cast<std::size_t>(cache.length));
  NodeId parent = 0;
  for (std::size_t index = 0; (index + 1) * page_tokens <= written; ++index) {
    std::string key = key_of(parent, tokens.subspan(index * page_tokens, page_tokens));
    const auto [known, is_new] = ids_.try_emplace(key, last_id_ + 1);
    if (is_new) {
      ++last_id_;
      if (parent != 0 && nodes_.at(parent).children++ == 0) leaves_.erase({nodes_.at(parent).used, parent});
      const std::int32_t page = cache.pages[index];
      pages_->share(page);
      nodes_.emplace(last_id_, Node{.key = std::move(key), .parent = parent, .page = page});
      leaves_.insert({0, last_id_});
    }
    parent = known->second;
    touch(parent);
  }
}

void PrefixCache::touch(NodeId id) {
  Node& node = nodes_.at(id);
  const bool leaf = leaves_.erase({node.used, id}) > 0;
  node.used = ++time_;
  if (leaf) leaves_.insert({node.used, id});
}

bool PrefixCache::drop_one() {
  for (const auto& [used, id] : leaves_) {
    if (pages_->references(nodes_.at(id).page) > 1) continue;
    erase(id);
    return true;
  }
  return false;
}

void PrefixCache::erase(NodeId id) {
  const auto found = nodes_.find(id);
  const Node& node = found->second;
  pages_->drop(node.page);
  leaves_.erase({node.used, id});
  ids_.erase(node.key);
  const NodeId parent = node.parent;
  nodes_.erase(found);
  if (parent == 0) return;
  Node& above = nodes_.at(parent);
  if (--above.children == 0) leaves_.insert({above.used, parent});
}

void PrefixCache::clear() {
  for (const auto& [id, node] : nodes_) pages_->drop(node.page);
  nodes_.clear();
  ids_.clear();
  leaves_.clear();
}

// A page that a sequence goes on from is held by it, and so are all pages before.
std::size_t PrefixCache::droppable_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      nodes_, [&](const auto& entry) { return pages_->references(entry.second.page) == 1; }));
}

}  // namespace preceptor::engine
