#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "engine/constrained/expression.hpp"

namespace preceptor::engine {

// Rules that may name each other, as a graph over bytes: a pushdown automaton. Rule 0 is the whole text.
class Grammar {
public:
  struct Edge {
    unsigned char first = 0, last = 0;  // bytes
    std::int32_t to = 0;
  };
  struct Call {
    RuleId rule = 0;
    std::int32_t back = 0;  // where it goes on
  };
  struct Node {
    std::vector<Edge> edges;
    std::vector<std::int32_t> free;  // goes on here without a byte
    std::vector<Call> calls;
    bool ends = false;  // its rule
    // Rules within rules that are needed at least to come to the end of its own; depth_never: there is no
    // end.
    std::int32_t depth = depth_never;
  };
  static constexpr std::int32_t depth_never = 1 << 20;
  static constexpr std::int32_t depth_max = 48;  // rules within rules, in a text
  static constexpr std::size_t nodes_max = 200'000;

  // Refuses with too_large what needs more than nodes_max nodes, with invalid what no text fulfils within
  // depth_max.
  static Result<Grammar> build(const std::vector<Piece>& rules);

  const Node& node(std::int32_t index) const { return nodes_[static_cast<std::size_t>(index)]; }
  std::int32_t start(RuleId rule) const { return starts_[static_cast<std::size_t>(rule)]; }
  std::size_t size() const { return nodes_.size(); }

private:
  void add(const Expression& expression, std::int32_t from, std::int32_t to);
  void add_repeat(const Expression& expression, std::int32_t from, std::int32_t to);
  void add_list(const Expression& expression, std::int32_t from, std::int32_t to);
  void add_fields(const Expression& expression, std::int32_t from, std::int32_t to);
  std::int32_t add_node();
  void find_depths();

  std::vector<Node> nodes_;
  std::vector<std::int32_t> starts_;
};

}  // namespace preceptor::engine
