#include <algorithm>
#include <utility>

#include "learning/data/open_assistant.hpp"
#include "learning/data/records.hpp"

namespace preceptor::learning {
namespace {

class TreeWalk {
public:
  TreeWalk(const MessageTree& tree, ImportedData& data) : tree_(tree), data_(data) {}

  // Whether a demonstration ends at this message or below it.
  bool visit(std::size_t index) {
    const TreeMessage& message = tree_.messages[index];
    if (!message.unwanted.empty()) {
      ++data_.report.left_out[message.unwanted];
      return false;
    }
    thread_.push_back({message.by_assistant ? "assistant" : "user", message.text});
    if (!message.by_assistant) add_preferences(message);
    bool demonstrated = false;
    for (const std::size_t reply : message.replies) demonstrated |= visit(reply);
    if (message.by_assistant && !demonstrated) {
      data_.demonstrations.push_back({thread_, 1.0F, origin({thread_.begin(), thread_.end() - 1})});
      demonstrated = true;
    }
    thread_.pop_back();
    return demonstrated;
  }

private:
  Origin origin(const std::vector<text::Message>& prompt) const {
    return {tree_.line, tree_.id, prompt_id(prompt)};
  }

  void add_preferences(const TreeMessage& prompt) {
    std::vector<const TreeMessage*> ranked;
    for (const std::size_t index : prompt.replies) {
      const TreeMessage& reply = tree_.messages[index];
      if (reply.rank && reply.unwanted.empty()) ranked.push_back(&reply);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](auto* a, auto* b) { return *a->rank < *b->rank; });
    std::vector<ImportedPreference> pairs;
    for (std::size_t better = 0; better < ranked.size(); ++better) {
      for (std::size_t worse = better + 1; worse < ranked.size(); ++worse) {
        if (*ranked[better]->rank == *ranked[worse]->rank) continue;
        if (ranked[better]->text == ranked[worse]->text) {
          ++data_.report.left_out["pair of identical answers"];
          continue;
        }
        ImportedPreference pair;
        pair.chosen = ranked[better]->text;
        pair.rejected = ranked[worse]->text;
        pairs.push_back(std::move(pair));
      }
    }
    for (ImportedPreference& pair : pairs) {
      pair.prompt = thread_;
      pair.weight = 1.0F / static_cast<float>(pairs.size());
      pair.origin = origin(thread_);
      data_.preferences.push_back(std::move(pair));
    }
  }

  const MessageTree& tree_;
  ImportedData& data_;
  std::vector<text::Message> thread_;
};

}  // namespace

void add_tree(const MessageTree& tree, ImportedData& data) {
  if (!tree.unwanted.empty()) {
    ++data.report.left_out[tree.unwanted];
    return;
  }
  TreeWalk(tree, data).visit(0);
}

}  // namespace preceptor::learning
