#include "feedback/earlier_work.hpp"

#include <nlohmann/json.hpp>

namespace preceptor::feedback {
namespace {

void add_rejection(Records& records, const Standing& standing, EarlierWork& earlier) {
  earlier.objection = standing.note;
  const auto review = records.judgment(standing.decided_by);
  if (!review) return;
  const auto payload = nlohmann::json::parse(review->payload);
  earlier.clause = payload.value("clause", "");
  earlier.comment = payload.value("comment", "");
}

}  // namespace

std::optional<EarlierWork> earlier_work(Records& records, const Task& task) {
  const auto about = task.about ? records.task(task.about) : std::nullopt;
  if (!about) return std::nullopt;
  EarlierWork earlier{.kind = about->kind, .judgment = task.subject};
  if (const auto judgment = task.subject ? records.judgment(task.subject) : std::nullopt) {
    earlier.payload = judgment->payload;
    earlier.exchanges = records.exchanges(about->id, judgment->person);
  }
  // A reviewer judges the judgment by the guidelines, not by what others said.
  if (task.kind == TaskKind::appeal || task.kind == TaskKind::adjudicate) {
    for (Judgment& other : records
                               .judgments({.project = task.project,
                        .task = about->id,
                        .counted = true,
                        .current_only = true,
                        .page = {.limit = 100}})
                               .items) {
      if (other.id != task.subject) earlier.others.push_back(std::move(other.payload));
    }
  }
  if (task.kind == TaskKind::appeal) {
    if (const auto standing = records.standing(task.subject)) add_rejection(records, *standing, earlier);
  }
  return earlier;
}

}  // namespace preceptor::feedback
