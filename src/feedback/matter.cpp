#include "feedback/matter.hpp"

#include <algorithm>

namespace preceptor::feedback {
namespace {

std::shared_ptr<const Subject> subject_of(Records& records, const Task& task, PersonId person) {
  if (!task.about) return nullptr;
  const auto about = records.task(task.about);
  if (!about) return nullptr;
  auto subject = std::make_shared<Subject>();
  subject->judgment = task.subject;
  subject->kind = about->kind;
  if (const auto judgment = task.subject ? records.judgment(task.subject) : std::nullopt)
    subject->payload = judgment->payload;
  subject->matter = matter_of(records, *about, person);
  return subject;
}

}  // namespace

Matter matter_of(Records& records, const Task& task, PersonId person) {
  Matter matter{.responses = task.responses,
                .rubric = records.rubric(task.project, task.rubric_version).value_or(RubricVersion{})};
  matter.text_of = [&records, responses = task.responses](ResponseId id) -> std::optional<std::string> {
    if (std::find(responses.begin(), responses.end(), id) == responses.end()) return std::nullopt;
    auto response = records.response(id);
    return response ? std::optional(std::move(response->text)) : std::nullopt;
  };
  matter.has_source = [&records, project = task.project](SourceId id) {
    const auto source = records.source(id);
    return source && source->project == project;
  };
  matter.exchange = [&records, id = task.id](ExchangeId wanted) -> std::optional<Exchange> {
    auto exchange = records.exchange(wanted);
    if (!exchange || exchange->task != id) return std::nullopt;
    return exchange;
  };
  matter.subject = subject_of(records, task, person);
  return matter;
}

}  // namespace preceptor::feedback
