#pragma once
// Prompts, responses and tasks as leads put them in and look at them.
#include <optional>
#include <string>
#include <vector>

#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct Message {
  std::string role, content;
  static void describe(wire::Description<Message>&);
};

// Answer to a batch: the ids in the order of the items.
struct Ids {
  std::vector<std::int64_t> ids;
  static void describe(wire::Description<Ids>&);
};

struct NewPrompt {
  std::vector<Message> messages;
  std::string intent, domain, language, hazard, difficulty;
  std::string split = "train";
  std::string source, key;
  static void describe(wire::Description<NewPrompt>&);
};

struct NewPrompts {
  std::vector<NewPrompt> items;
  static void describe(wire::Description<NewPrompts>&);
};

struct Response {
  ResponseId id;
  PromptId prompt_id;
  std::string text;
  std::optional<ModelId> model_id;
  std::optional<RoundId> round_id;
  wire::Json settings;
  Timestamp created_at;
  static void describe(wire::Description<Response>&);
};

struct Prompt {
  PromptId id;
  std::vector<Message> messages;
  std::string intent, domain, language, hazard, difficulty, split, source, key;
  Timestamp created_at;
  static void describe(wire::Description<Prompt>&);
};

struct PromptWithResponses {
  Prompt prompt;
  std::vector<Response> responses;
  static void describe(wire::Description<PromptWithResponses>&);
};

struct PromptQuery {
  std::optional<std::string> split;
  std::int64_t limit = 100;
  std::optional<std::string> cursor;
  static void describe(wire::Description<PromptQuery>&);
};

struct NewResponse {
  PromptId prompt_id;
  std::string text;
  std::optional<ModelId> model_id;
  std::optional<RoundId> round_id;
  std::optional<JudgmentId> written_in;
  static void describe(wire::Description<NewResponse>&);
};

struct NewResponses {
  std::vector<NewResponse> items;
  static void describe(wire::Description<NewResponses>&);
};

struct ResponseQuery {
  std::optional<PromptId> prompt_id;
  std::optional<RoundId> round_id;
  std::optional<ModelId> model_id;
  std::int64_t limit = 100;
  std::optional<std::string> cursor;
  static void describe(wire::Description<ResponseQuery>&);
};

struct Gold {
  ResponseId better;
  std::string explanation;
  static void describe(wire::Description<Gold>&);
};

struct NewTask {
  std::string kind;
  PromptId prompt_id;
  std::vector<ResponseId> response_ids;
  std::optional<std::int64_t> overlap;
  std::int64_t priority = 0;
  std::string purpose = "training";
  std::optional<Gold> gold;
  std::optional<RoundId> round_id;
  std::optional<Timestamp> deadline;
  static void describe(wire::Description<NewTask>&);
};

struct NewTasks {
  std::vector<NewTask> items;
  static void describe(wire::Description<NewTasks>&);
};

struct Task {
  TaskId id;
  std::string kind, state, purpose;
  PromptId prompt_id;
  std::vector<ResponseId> response_ids;
  std::int64_t overlap = 0, counted = 0, priority = 0;
  std::optional<Gold> gold;
  std::optional<RoundId> round_id;
  std::optional<Timestamp> deadline;
  std::optional<TaskId> about_task_id;
  std::optional<JudgmentId> about_judgment_id;
  Timestamp created_at;
  static void describe(wire::Description<Task>&);
};

struct TaskQuery {
  std::optional<std::string> state, kind;
  std::optional<RoundId> round_id;
  std::int64_t limit = 100;
  std::optional<std::string> cursor;
  static void describe(wire::Description<TaskQuery>&);
};

}  // namespace preceptor::server::api
