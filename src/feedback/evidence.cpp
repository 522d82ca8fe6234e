#include "feedback/evidence.hpp"

#include <nlohmann/json.hpp>

namespace preceptor::feedback {
namespace {

void add_rejection(Records& records, const Standing& standing, Evidence& evidence) {
  evidence.objection = standing.note;
  const auto review = records.judgment(standing.decided_by);
  if (!review) return;
  const auto payload = nlohmann::json::parse(review->payload);
  evidence.clause = payload.value("clause", "");
  evidence.comment = payload.value("comment", "");
}

}  // namespace

std::optional<Evidence> evidence_for(Records& records, const Task& task) {
  const auto about = task.about ? records.task(task.about) : std::nullopt;
  if (!about) return std::nullopt;
  Evidence evidence{.kind = about->kind, .judgment = task.subject};
  if (const auto judgment = task.subject ? records.judgment(task.subject) : std::nullopt) {
    evidence.payload = judgment->payload;
    evidence.exchanges = records.exchanges(about->id, judgment->person);
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
      if (other.id != task.subject) evidence.others.push_back(std::move(other.payload));
    }
  }
  if (task.kind == TaskKind::appeal) {
    if (const auto standing = records.standing(task.subject)) add_rejection(records, *standing, evidence);
  }
  return evidence;
}

}  // namespace preceptor::feedback
