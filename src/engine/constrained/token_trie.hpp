#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/generation/sampling.hpp"

namespace preceptor::engine {

// The tokens of a vocabulary by their bytes: what they begin with alike is looked at once.
class TokenTrie {
public:
  struct Node {
    unsigned char byte = 0;
    std::int32_t first_child = 0, child_count = 0;  // children stand together, by byte
    std::int32_t first_token = 0, token_count = 0;  // that end here
  };

  // bytes: by id; tokens without bytes are left out.
  explicit TokenTrie(std::span<const std::string> bytes);

  const Node& root() const { return nodes_.front(); }
  std::span<const Node> children(const Node& node) const {
    return std::span(nodes_).subspan(static_cast<std::size_t>(node.first_child),
                                     static_cast<std::size_t>(node.child_count));
  }
  std::span<const TokenId> tokens(const Node& node) const {
    return std::span(tokens_).subspan(static_cast<std::size_t>(node.first_token),
                                      static_cast<std::size_t>(node.token_count));
  }

private:
  std::vector<Node> nodes_;
  std::vector<TokenId> tokens_;
};

}  // namespace preceptor::engine
