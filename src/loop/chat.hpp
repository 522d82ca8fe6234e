// Talking to a model of the project, outside any job.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "base/result.hpp"
#include "feedback/rights.hpp"
#include "loop/completions.hpp"
#include "loop/storage.hpp"
#include "loop/workspace.hpp"

namespace preceptor::loop {

using feedback::Actor;

struct ChatRequest {
  ModelId model;
  std::vector<feedback::Message> messages;  // ends with the user's turn
  double temperature = 0.8;
  std::int64_t tokens_max = 256;
  std::uint64_t seed = 1;
};
struct ChatReply {
  std::string text;
  std::string finish;  // "stop", "length", "cancelled"
  std::int64_t tokens = 0;
};

struct NamedModel {
  ModelId id;
  std::string name;
  std::string project;
  Timestamp created_at;
};

// Keeps the last used models in memory; all texts of a model are written in one batch. Thread-safe.
class Chat {
public:
  Chat(Storage&, const Workspace&);
  ~Chat();

  // `on_text` gets each piece as it is written; answering false ends the reply. Needs Right::chat.
  Result<ChatReply> reply(const Actor&, const ChatRequest&,
                          const std::function<bool(std::string_view)>& on_text, std::stop_token = {});

  // For any other use of the model. Needs Right::chat.
  Result<std::shared_ptr<CompletionModel>> open(const Actor&, ModelId);
  // The language models that the actor may use, oldest first within a project.
  std::vector<NamedModel> models(const Actor&);

private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace preceptor::loop
