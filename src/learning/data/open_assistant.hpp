#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "learning/data/dataset.hpp"

namespace preceptor::learning {

struct TreeMessage {
  std::string id;
  bool by_assistant = false;
  std::string text;
  std::optional<double> rank;  // among its siblings, 0 is best
  std::string unwanted;  // why it is left out with all below it: deleted, synthetic, failed review; or empty
  std::vector<std::size_t> replies;
};

struct MessageTree {
  std::string id;
  std::int64_t line = 0;
  std::string unwanted;               // why the whole tree is left out, or empty
  std::vector<TreeMessage> messages;  // the first is the root, a prompter's
};

// A nested tree: {message_tree_id, tree_state?, prompt: {…, replies: […]}}.
Result<MessageTree> read_tree(const nlohmann::json& row, std::int64_t line);

// What a tree teaches. Demonstrations: threads that end in an assistant's turn with no kept assistant's turn
// below. Preferences: for each prompter's turn with two or more ranked replies, all pairs of different rank,
// which share the weight 1. Both carry the tree's id as their group.
void add_tree(const MessageTree& tree, ImportedData& data);

// Trees told message by message in any order.
class FlatMessages {
public:
  Result<void> add(const nlohmann::json& row, std::int64_t line);

  // Whole trees in order of their roots' lines. Messages that hang on nothing, or in a circle, become errors.
  std::vector<MessageTree> trees(std::vector<RowError>& errors) const;

private:
  struct FlatMessage {
    TreeMessage message;
    std::int64_t line = 0;
    std::string tree_id;
    std::string tree_unwanted;
    std::optional<std::string> parent;
  };
  MessageTree tree_below(std::size_t root, const std::map<std::string, std::vector<std::size_t>>& replies_of,
                         std::vector<bool>& reached, std::vector<RowError>& errors) const;

  std::vector<FlatMessage> messages_;
  std::map<std::string, std::size_t> by_id_;
};

}  // namespace preceptor::learning
