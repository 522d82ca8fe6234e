#include "learning/data/open_assistant.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/format.hpp"
#include "base/json.hpp"
#include "learning/data/records.hpp"

namespace preceptor::learning {
namespace {

using Json = nlohmann::json;

constexpr std::size_t thread_depth_max = 200;

Result<std::string> why_unwanted(const Json& row) {
  const auto deleted = json_find<bool>(row, "deleted");
  if (!deleted) return tl::unexpected(deleted.error());
  const auto synthetic = json_find<bool>(row, "synthetic");
  if (!synthetic) return tl::unexpected(synthetic.error());
  const auto reviewed = json_find<bool>(row, "review_result");
  if (!reviewed) return tl::unexpected(reviewed.error());
  if (deleted->value_or(false)) return "deleted message";
  if (synthetic->value_or(false)) return "synthetic message";
  if (!reviewed->value_or(true)) return "message that failed its review";
  return std::string();
}

Result<std::string> why_tree_unwanted(const Json& row) {
  const auto state = json_find<std::string>(row, "tree_state");
  if (!state) return tl::unexpected(state.error());
  if (!*state || **state == "ready_for_export") return std::string();
  return format("tree in state {}", **state);
}

Result<TreeMessage> message_of(const Json& row) {
  TreeMessage message;
  auto id = json_get<std::string>(row, "message_id");
  if (!id) return tl::unexpected(id.error());
  const auto role = json_get<std::string>(row, "role");
  if (!role) return tl::unexpected(role.error());
  if (*role != "prompter" && *role != "assistant") {
    return refuse(ErrorKind::invalid, "should be prompter or assistant", {}, "/role");
  }
  auto text = json_get<std::string>(row, "text");
  if (!text) return tl::unexpected(text.error());
  const auto rank = json_find<double>(row, "rank");
  if (!rank) return tl::unexpected(rank.error());
  auto unwanted = why_unwanted(row);
  if (!unwanted) return tl::unexpected(unwanted.error());
  if (unwanted->empty() && is_blank(*text)) return refuse(ErrorKind::invalid, "is empty", {}, "/text");
  message.id = std::move(*id);
  message.by_assistant = *role == "assistant";
  message.text = std::move(*text);
  message.rank = *rank;
  message.unwanted = std::move(*unwanted);
  return message;
}

// Recursion is as deep as the JSON, which parse_json limits.
Result<std::size_t> add_nested(const Json& row, const std::string& where, MessageTree& tree) {
  const auto located = [&](Error error) {
    error.where = where + error.where;
    return tl::unexpected(error);
  };
  auto message = message_of(row);
  if (!message) return located(message.error());
  const bool by_assistant = message->by_assistant;
  const std::size_t index = tree.messages.size();
  tree.messages.push_back(std::move(*message));

  const auto replies = row.find("replies");
  if (replies == row.end() || replies->is_null()) return index;
  if (!replies->is_array()) return located({ErrorKind::invalid, "should be a list", {}, "/replies"});
  for (std::size_t i = 0; i < replies->size(); ++i) {
    const std::string reply_where = format("{}/replies/{}", where, i);
    const auto reply = add_nested((*replies)[i], reply_where, tree);
    if (!reply) return reply;
    if (tree.messages[*reply].by_assistant == by_assistant) {
      return refuse(ErrorKind::invalid, "a message and its reply have the same role", {}, reply_where);
    }
    tree.messages[index].replies.push_back(*reply);
  }
  return index;
}

}  // namespace

Result<MessageTree> read_tree(const Json& row, std::int64_t line) {
  MessageTree tree;
  tree.line = line;
  auto id = json_get<std::string>(row, "message_tree_id");
  if (!id) return tl::unexpected(id.error());
  tree.id = std::move(*id);
  auto unwanted = why_tree_unwanted(row);
  if (!unwanted) return tl::unexpected(unwanted.error());
  tree.unwanted = std::move(*unwanted);
  const auto prompt = row.find("prompt");
  if (prompt == row.end()) return refuse(ErrorKind::invalid, "is missing", {}, "/prompt");
  if (const auto root = add_nested(*prompt, "/prompt", tree); !root) return tl::unexpected(root.error());
  if (tree.messages.front().by_assistant) {
    return refuse(ErrorKind::invalid, "the tree begins with an assistant's message", {}, "/prompt/role");
  }
  return tree;
}

Result<void> FlatMessages::add(const Json& row, std::int64_t line) {
  auto message = message_of(row);
  if (!message) return tl::unexpected(message.error());
  auto tree_id = json_get<std::string>(row, "message_tree_id");
  if (!tree_id) return tl::unexpected(tree_id.error());
  auto parent = json_find<std::string>(row, "parent_id");
  if (!parent) return tl::unexpected(parent.error());
  auto unwanted = why_tree_unwanted(row);
  if (!unwanted) return tl::unexpected(unwanted.error());
  if (!*parent && message->by_assistant) {
    return refuse(ErrorKind::invalid, "the tree begins with an assistant's message");
  }
  const auto [known, is_new] = by_id_.emplace(message->id, messages_.size());
  if (!is_new) {
    return refuse(ErrorKind::invalid, format("message_id is that of line {}", messages_[known->second].line));
  }
  messages_.push_back(
      {std::move(*message), line, std::move(*tree_id), std::move(*unwanted), std::move(*parent)});
  return {};
}

MessageTree FlatMessages::tree_below(std::size_t root,
                                     const std::map<std::string, std::vector<std::size_t>>& replies_of,
                                     std::vector<bool>& reached, std::vector<RowError>& errors) const {
  struct Pending {
    std::size_t flat, parent_in_tree, depth;
  };
  const FlatMessage& first = messages_[root];
  MessageTree tree{first.tree_id, first.line, first.tree_unwanted, {}};
  std::vector<Pending> pending{{root, 0, 0}};
  while (!pending.empty()) {
    const Pending next = pending.back();
    pending.pop_back();
    reached[next.flat] = true;
    const FlatMessage& flat = messages_[next.flat];
    if (next.depth > 0) {
      if (tree.messages[next.parent_in_tree].by_assistant == flat.message.by_assistant) {
        errors.push_back({flat.line, "a message and its reply have the same role"});
        continue;
      }
      if (next.depth > thread_depth_max) {
        errors.push_back({flat.line, format("its thread is longer than {} messages", thread_depth_max)});
        continue;
      }
    }
    const std::size_t index = tree.messages.size();
    tree.messages.push_back(flat.message);
    if (next.depth > 0) tree.messages[next.parent_in_tree].replies.push_back(index);
    const auto replies = replies_of.find(flat.message.id);
    if (replies == replies_of.end()) continue;
    for (auto reply = replies->second.rbegin(); reply != replies->second.rend(); ++reply) {
      pending.push_back({*reply, index, next.depth + 1});
    }
  }
  return tree;
}

std::vector<MessageTree> FlatMessages::trees(std::vector<RowError>& errors) const {
  std::map<std::string, std::vector<std::size_t>> replies_of;
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    if (messages_[i].parent) replies_of[*messages_[i].parent].push_back(i);
  }
  std::vector<bool> reached(messages_.size(), false);
  std::vector<MessageTree> trees;
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    if (!messages_[i].parent) trees.push_back(tree_below(i, replies_of, reached, errors));
  }
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    if (reached[i]) continue;
    const FlatMessage& lost = messages_[i];
    const bool parent_known = by_id_.contains(*lost.parent);
    errors.push_back({lost.line, parent_known ? "its thread has no beginning in this file"
                                              : format("its parent {} is not in this file", *lost.parent)});
  }
  return trees;
}

}  // namespace preceptor::learning
