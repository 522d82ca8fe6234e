#include "feedback/own_work.hpp"

#include <nlohmann/json.hpp>

namespace preceptor::feedback {
namespace {

StandingView view_of(Records& records, const Standing& standing) {
  StandingView view{.standing = standing};
  if (const auto judgment = records.judgment(standing.judgment)) {
    view.judged = judgment->task;
    view.kind = judgment->kind;
  }
  const auto decided = standing.decided_by ? records.judgment(standing.decided_by) : std::nullopt;
  if (!decided) return view;
  const auto payload = nlohmann::json::parse(decided->payload);
  view.clause = payload.value("clause", "");
  view.comment = payload.value("comment", "");
  view.decision = payload.value("reason", "");
  return view;
}

}  // namespace

Result<Listing<StandingView>> my_standings(Records& records, const Actor& actor, ProjectId project,
                                           std::optional<StandingState> state, Page page) {
  const auto permitted = require(records, actor, project, Right::see_project);
  if (!permitted) return tl::unexpected(permitted.error());
  const auto found =
      records.standings({.project = project, .person = actor.person, .state = state, .page = page});
  Listing<StandingView> views{.items = {}, .next = found.next};
  for (const Standing& standing : found.items) views.items.push_back(view_of(records, standing));
  return views;
}

namespace {

// The newest of the person's own; after a reviewer's fix, the one that was fixed.
std::optional<Judgment> newest_own(Records& records, const Task& task, PersonId person) {
  if (auto latest = records.latest_judgment(task.id, person)) return latest;
  auto own = records.judgments({.project = task.project, .person = person, .task = task.id});
  if (own.items.empty()) return std::nullopt;
  return std::move(own.items.back());
}

}  // namespace

Result<OwnTask> show_own(Records& records, const Actor& actor, TaskId id) {
  const auto unknown =
      refuse(ErrorKind::not_found, "you have sent in no judgment of task " + std::to_string(id.value),
             "Choose one of your own work.");
  const auto task = records.task(id);
  if (!task) return unknown;
  const auto permitted = require(records, actor, task->project, Right::see_project);
  if (!permitted) return tl::unexpected(permitted.error());
  auto judgment = newest_own(records, *task, actor.person);
  if (!judgment) return unknown;
  OwnTask own{.shown = show_task(records, *task, actor.person), .judgment = std::move(*judgment)};
  if (const auto standing = records.standing(own.judgment.id)) own.standing = view_of(records, *standing);
  return own;
}

}  // namespace preceptor::feedback
