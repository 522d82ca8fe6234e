#include "server/api/content.hpp"

#include "feedback/content.hpp"
#include "server/api/session.hpp"

namespace preceptor::server::api {

namespace {
constexpr std::size_t text_bytes_max = feedback::text_bytes_max;
constexpr std::size_t batch_max = feedback::items_max;
constexpr std::size_t word_bytes_max = 200;
}  // namespace

void Message::describe(wire::Description<Message>& is) {
  is.named("Message");
  is.field("role", &Message::role, {.choices = speaker_choices});
  is.field("content", &Message::content, {.length_max = text_bytes_max});
}

void Ids::describe(wire::Description<Ids>& is) {
  is.named("Ids");
  is.field("ids", &Ids::ids, {.about = "In the order of the items sent."});
}

void NewPrompt::describe(wire::Description<NewPrompt>& is) {
  is.named("NewPrompt");
  is.field("messages", &NewPrompt::messages, {.items_min = 1, .items_max = 200});
  is.optional("intent", &NewPrompt::intent, {.length_max = word_bytes_max});
  is.optional("domain", &NewPrompt::domain, {.length_max = word_bytes_max});
  is.optional("language", &NewPrompt::language, {.length_max = 35});
  is.optional("hazard", &NewPrompt::hazard, {.length_max = word_bytes_max});
  is.optional("difficulty", &NewPrompt::difficulty, {.length_max = word_bytes_max});
  is.optional("split", &NewPrompt::split, {.choices = split_choices});
  is.optional("source", &NewPrompt::source, {.length_max = 2000});
  is.optional(
      "key", &NewPrompt::key,
      {.length_max = word_bytes_max, .about = "The author's own name for it, unique in the project."});
}

void NewPrompts::describe(wire::Description<NewPrompts>& is) {
  is.named("NewPrompts");
  is.field("items", &NewPrompts::items, {.items_min = 1, .items_max = batch_max});
}

void Response::describe(wire::Description<Response>& is) {
  is.named("Response");
  is.field("id", &Response::id);
  is.field("prompt_id", &Response::prompt_id);
  is.field("text", &Response::text);
  is.field("model_id", &Response::model_id, {.about = "null: written by a person or imported."});
  is.field("round_id", &Response::round_id);
  is.field("settings", &Response::settings, {.about = "Sampling settings, seed, finish."});
  is.field("created_at", &Response::created_at);
}

void Prompt::describe(wire::Description<Prompt>& is) {
  is.named("Prompt");
  is.field("id", &Prompt::id);
  is.field("messages", &Prompt::messages);
  is.field("intent", &Prompt::intent);
  is.field("domain", &Prompt::domain);
  is.field("language", &Prompt::language);
  is.field("hazard", &Prompt::hazard);
  is.field("difficulty", &Prompt::difficulty);
  is.field("split", &Prompt::split, {.choices = split_choices});
  is.field("source", &Prompt::source);
  is.field("key", &Prompt::key);
  is.field("created_at", &Prompt::created_at);
}

void PromptWithResponses::describe(wire::Description<PromptWithResponses>& is) {
  is.named("PromptWithResponses");
  is.inlined(&PromptWithResponses::prompt);
  is.field("responses", &PromptWithResponses::responses);
}

void PromptQuery::describe(wire::Description<PromptQuery>& is) {
  is.optional("split", &PromptQuery::split, {.choices = split_choices});
  describe_page(is);
}

void NewResponse::describe(wire::Description<NewResponse>& is) {
  is.named("NewResponse");
  is.field("prompt_id", &NewResponse::prompt_id);
  is.field("text", &NewResponse::text, {.length_max = text_bytes_max});
  is.optional("model_id", &NewResponse::model_id);
  is.optional("round_id", &NewResponse::round_id);
  is.optional("written_in", &NewResponse::written_in,
              {.about = "The judgment in which a person wrote it: they are never handed tasks about it."});
}

void NewResponses::describe(wire::Description<NewResponses>& is) {
  is.named("NewResponses");
  is.field("items", &NewResponses::items, {.items_min = 1, .items_max = batch_max});
}

void ResponseQuery::describe(wire::Description<ResponseQuery>& is) {
  is.optional("prompt_id", &ResponseQuery::prompt_id);
  is.optional("round_id", &ResponseQuery::round_id);
  is.optional("model_id", &ResponseQuery::model_id);
  describe_page(is);
}

void Gold::describe(wire::Description<Gold>& is) {
  is.named("Gold");
  is.field("better", &Gold::better, {.about = "Id of the response that is better beyond doubt."});
  is.field("explanation", &Gold::explanation, {.length_min = 1, .length_max = 10'000});
}

void NewTask::describe(wire::Description<NewTask>& is) {
  is.named("NewTask");
  is.field("kind", &NewTask::kind, {.choices = task_kind_choices});
  is.field("prompt_id", &NewTask::prompt_id);
  is.optional("response_ids", &NewTask::response_ids, {.items_max = 10});
  is.optional("overlap", &NewTask::overlap,
              {.minimum = 1, .maximum = 100, .about = "null: what the project asks for this kind."});
  is.optional("priority", &NewTask::priority, {.minimum = -1'000'000, .maximum = 1'000'000});
  is.optional("purpose", &NewTask::purpose, {.choices = purpose_choices});
  is.optional("gold", &NewTask::gold, {.about = "The known answer of a compare task."});
  is.optional("round_id", &NewTask::round_id);
  is.optional("deadline", &NewTask::deadline, {.about = "Earlier ones are handed out first; null: none."});
}

void NewTasks::describe(wire::Description<NewTasks>& is) {
  is.named("NewTasks");
  is.field("items", &NewTasks::items, {.items_min = 1, .items_max = batch_max});
}

void Task::describe(wire::Description<Task>& is) {
  is.named("Task");
  is.field("id", &Task::id);
  is.field("kind", &Task::kind, {.choices = task_kind_choices});
  is.field("state", &Task::state, {.choices = task_state_choices});
  is.field("purpose", &Task::purpose, {.choices = purpose_choices});
  is.field("prompt_id", &Task::prompt_id);
  is.field("response_ids", &Task::response_ids);
  is.field("overlap", &Task::overlap, {.about = "Counted judgments asked for; a gold has no limit."});
  is.field("counted", &Task::counted, {.about = "Counted judgments so far."});
  is.field("priority", &Task::priority);
  is.field("gold", &Task::gold);
  is.field("round_id", &Task::round_id);
  is.field("deadline", &Task::deadline);
  is.field("about_task_id", &Task::about_task_id,
           {.about = "Of a task that the project's policy opened: whose judgments it is about."});
  is.field("about_judgment_id", &Task::about_judgment_id);
  is.field("created_at", &Task::created_at);
}

void TaskQuery::describe(wire::Description<TaskQuery>& is) {
  is.optional("state", &TaskQuery::state, {.choices = task_state_choices});
  is.optional("kind", &TaskQuery::kind, {.choices = task_kind_choices});
  is.optional("round_id", &TaskQuery::round_id);
  describe_page(is);
}

}  // namespace preceptor::server::api
