#include "feedback/enter_prompt.hpp"

#include <nlohmann/json.hpp>

#include "feedback/content_hash.hpp"
#include "feedback/events.hpp"

namespace preceptor::feedback {

PromptId enter_prompt(Records& records, const Task& task, const Judgment& judgment,
                      std::vector<Message> messages, const WrittenPrompt& written) {
  const Prompt brief = records.prompt(task.prompt).value_or(Prompt{});
  const Prompt prompt{.project = task.project,
                      .messages = std::move(messages),
                      .intent = written.intent.empty() ? brief.intent : written.intent,
                      .domain = brief.domain,
                      .language = brief.language,
                      .hazard = brief.hazard,
                      .difficulty = written.difficulty,
                      .source = written.source,
                      .author = judgment.person,
                      .written_in = judgment.id,
                      .created_at = judgment.created_at};
  const PromptId id = records.add_prompt(prompt);
  const nlohmann::json entered{{"prompt_id", id.value}, {"sha256", content_hash(prompt)}};
  record_event(records, {event::prompts_added, task.project, judgment.person, 0},
               {{"prompts", nlohmann::json::array({entered})}}, judgment.created_at);
  return id;
}

}  // namespace preceptor::feedback
