#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace preceptor::engine {

// A sequence and those that continue it.
struct AttentionTree {
  std::size_t root;
  std::vector<std::size_t> continuations;
};

// Which rows of a packed batch see which. Each sequence sees its own rows up to the query; one that continues
// a root sees all of the root's rows before them, and not the root's other continuations.
class AttentionRows {
public:
  // starts: sequences + 1 offsets.   parents: of each sequence the root that it continues, or -1; empty: none
  // continues another. Both must outlive this.
  AttentionRows(std::span<const std::int32_t> starts, std::span<const std::int32_t> parents = {})
      : starts_(starts), parents_(parents) {}

  std::size_t sequences() const { return starts_.size() - 1; }
  std::size_t count() const { return static_cast<std::size_t>(starts_.back()); }
  std::size_t begin(std::size_t sequence) const { return static_cast<std::size_t>(starts_[sequence]); }
  std::size_t length(std::size_t sequence) const { return begin(sequence + 1) - begin(sequence); }
  bool is_root(std::size_t sequence) const { return parents_.empty() || parents_[sequence] < 0; }
  std::size_t root_of(std::size_t sequence) const { return static_cast<std::size_t>(parents_[sequence]); }

  // In the order of their roots.
  std::vector<AttentionTree> trees() const {
    std::vector<AttentionTree> trees;
    std::vector<std::size_t> tree_of(sequences());
    for (std::size_t i = 0; i < sequences(); ++i) {
      if (!is_root(i)) continue;
      tree_of[i] = trees.size();
      trees.push_back({i, {}});
    }
    for (std::size_t i = 0; i < sequences(); ++i) {
      if (!is_root(i)) trees[tree_of[root_of(i)]].continuations.push_back(i);
    }
    return trees;
  }

private:
  std::span<const std::int32_t> starts_;
  std::span<const std::int32_t> parents_;
};

}  // namespace preceptor::engine
