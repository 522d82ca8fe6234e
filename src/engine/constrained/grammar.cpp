#include "engine/constrained/grammar.hpp"

#include <algorithm>
#include <string>

namespace preceptor::engine {
namespace {

struct TooLarge {};

}  // namespace

Result<Grammar> Grammar::build(const std::vector<Piece>& rules) {
  Grammar grammar;
  try {
    std::vector<std::int32_t> ends;
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
      grammar.starts_.push_back(grammar.add_node());
      ends.push_back(grammar.add_node());
      grammar.nodes_.back().ends = true;
    }
    for (std::size_t rule = 0; rule < rules.size(); ++rule)
      grammar.add(*rules[rule], grammar.starts_[rule], ends[rule]);
  } catch (const TooLarge&) {
    return refuse(ErrorKind::too_large,
                  "the expression or schema needs more than " + std::to_string(nodes_max) + " states",
                  "Ask for smaller repetitions.");
  }
  grammar.find_depths();
  if (grammar.node(grammar.start(0)).depth > depth_max) {
    return refuse(ErrorKind::invalid, "no text can fulfil the expression or schema",
                  "It contradicts itself, or holds itself without end.");
  }
  return grammar;
}

std::int32_t Grammar::add_node() {
  if (nodes_.size() >= nodes_max) throw TooLarge{};
  nodes_.emplace_back();
  return static_cast<std::int32_t>(nodes_.size()) - 1;
}

void Grammar::add(const Expression& expression, std::int32_t from, std::int32_t to) {
  const auto node = [this](std::int32_t index) -> Node& { return nodes_[static_cast<std::size_t>(index)]; };
  switch (expression.kind) {
    case Expression::Kind::literal: {
      for (std::size_t i = 0; i < expression.text.size(); ++i) {
        const std::int32_t next = i + 1 == expression.text.size() ? to : add_node();
        const auto byte = static_cast<unsigned char>(expression.text[i]);
        node(from).edges.push_back({byte, byte, next});
        from = next;
      }
      if (expression.text.empty()) node(from).free.push_back(to);
      return;
    }
    case Expression::Kind::bytes:
      for (unsigned byte = 0; byte < 256; ++byte) {
        if (!expression.set.test(byte)) continue;
        const unsigned first = byte;
        while (byte < 255 && expression.set.test(byte + 1)) ++byte;
        node(from).edges.push_back({static_cast<unsigned char>(first), static_cast<unsigned char>(byte), to});
      }
      return;
    case Expression::Kind::sequence:
      for (std::size_t i = 0; i < expression.parts.size(); ++i) {
        const std::int32_t next = i + 1 == expression.parts.size() ? to : add_node();
        add(*expression.parts[i], from, next);
        from = next;
      }
      if (expression.parts.empty()) node(from).free.push_back(to);
      return;
    case Expression::Kind::choice:
      for (const Piece& part : expression.parts) {
        const std::int32_t begin = add_node();
        node(from).free.push_back(begin);
        add(*part, begin, to);
      }
      return;
    case Expression::Kind::repeat: return add_repeat(expression, from, to);
    case Expression::Kind::list: return add_list(expression, from, to);
    case Expression::Kind::fields: return add_fields(expression, from, to);
    case Expression::Kind::rule: node(from).calls.push_back({expression.rule, to}); return;
  }
}

void Grammar::add_repeat(const Expression& expression, std::int32_t from, std::int32_t to) {
  const auto link = [this](std::int32_t a, std::int32_t b) {
    nodes_[static_cast<std::size_t>(a)].free.push_back(b);
  };
  // A node of its own, so that no loop runs through a neighbour.
  std::int32_t at = add_node();
  link(from, at);
  for (std::int32_t i = 0; i < expression.least; ++i) {
    const std::int32_t next = add_node();
    add(*expression.parts[0], at, next);
    at = next;
  }
  if (expression.most == unbounded) {
    const std::int32_t begin = add_node();
    const std::int32_t end = add_node();
    link(at, begin);
    add(*expression.parts[0], begin, end);
    link(end, begin);
    link(begin, to);
    return;
  }
  for (std::int32_t i = expression.least; i < expression.most; ++i) {
    link(at, to);
    const std::int32_t next = add_node();
    add(*expression.parts[0], at, next);
    at = next;
  }
  link(at, to);
}

void Grammar::add_list(const Expression& expression, std::int32_t from, std::int32_t to) {
  const auto link = [this](std::int32_t a, std::int32_t b) {
    nodes_[static_cast<std::size_t>(a)].free.push_back(b);
  };
  std::int32_t before = add_node();  // an item comes next
  link(from, before);
  if (expression.least == 0) link(from, to);
  if (expression.most == 0) return;
  std::int32_t count = 1;
  while (true) {
    const std::int32_t after = add_node();
    add(*expression.parts[0], before, after);
    if (count >= expression.least) link(after, to);
    if (count == expression.most) return;
    if (expression.most == unbounded && count >= expression.least) {
      add(*expression.parts[1], after, before);
      return;
    }
    before = add_node();
    add(*expression.parts[1], after, before);
    ++count;
  }
}

void Grammar::add_fields(const Expression& expression, std::int32_t from, std::int32_t to) {
  const auto link = [this](std::int32_t a, std::int32_t b) {
    nodes_[static_cast<std::size_t>(a)].free.push_back(b);
  };
  std::int32_t none = add_node();  // no field so far
  std::int32_t some = add_node();
  link(from, none);
  for (const Field& field : expression.fields) {
    const std::int32_t next_none = add_node();
    const std::int32_t next_some = add_node();
    const std::int32_t name = add_node();
    const std::int32_t value = add_node();
    link(none, name);
    add(*expression.parts[0], some, name);
    add(*field.name, name, value);
    add(*field.value, value, next_some);
    if (!field.required) {
      link(none, next_none);
      link(some, next_some);
    }
    none = next_none;
    some = next_some;
  }
  link(none, to);
  link(some, to);
}

// The smallest depths that fit each other: from "never" downward until nothing changes.
void Grammar::find_depths() {
  for (bool changed = true; changed;) {
    changed = false;
    for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
      std::int32_t depth = node->ends ? 0 : node->depth;
      const auto depth_of = [this](std::int32_t index) {
        return nodes_[static_cast<std::size_t>(index)].depth;
      };
      for (const Edge& edge : node->edges) depth = std::min(depth, depth_of(edge.to));
      for (const std::int32_t to : node->free) depth = std::min(depth, depth_of(to));
      for (const Call& call : node->calls)
        depth = std::min(depth, std::max(depth_of(start(call.rule)) + 1, depth_of(call.back)));
      if (depth == node->depth || depth >= depth_never) continue;
      node->depth = depth;
      changed = true;
    }
  }
}

}  // namespace preceptor::engine
