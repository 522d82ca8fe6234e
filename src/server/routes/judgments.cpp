// What people see of their own work, what reviewers see of everybody's, and where a judgment went.
#include <set>

#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

namespace preceptor::server {

namespace {

using feedback::ProjectId;
using feedback::Right;
using wire::List;
using wire::Nothing;

Result<api::Progress> my_progress(Call& call, loop::Records& records, const Nothing&) {
  auto progress = feedback::my_progress(records, call.actor(), call.id<ProjectId>(0), call.clock());
  if (!progress) return tl::unexpected(progress.error());
  return api::Progress{
      progress->done,  progress->done_today,  progress->available, progress->drafts,
      progress->golds, progress->golds_right, progress->paused,    unless_empty(progress->pause_reason)};
}

Result<List<api::Judgment>> my_judgments(Call& call, loop::Records& records, const api::Page& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  return feedback::my_judgments(records, call.actor(), call.id<ProjectId>(0), *asked)
      .map([&](const auto& found) { return paged_list(call, found); });
}

Result<List<api::Judgment>> list_judgments(Call& call, loop::Records& records,
                                           const api::JudgmentQuery& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  feedback::JudgmentFilter filter;
  filter.project = call.id<ProjectId>(0);
  filter.round = or_none(query.round_id);
  filter.person = or_none(query.person_id);
  filter.page = *asked;
  return feedback::list_judgments(records, call.actor(), filter).map([&](const auto& found) {
    std::set<feedback::PersonId> people;
    for (const auto& judgment : found.items) people.insert(judgment.person);
    call.people_read.assign(people.begin(), people.end());
    call.project_read = filter.project;
    return paged_list(call, found);
  });
}

Result<api::JudgmentLineage> judgment_lineage(Call& call, loop::Records& records, const Nothing&) {
  auto lineage = loop::lineage_of(records, call.actor(), call.id<feedback::JudgmentId>(0));
  if (!lineage) return tl::unexpected(lineage.error());
  api::JudgmentLineage out;
  out.judgment_id = lineage->judgment.id;
  out.task_id = lineage->judgment.task;
  out.kind = name_of(lineage->judgment.kind);
  out.snapshots = all_to_api(lineage->snapshots);
  const auto project = records.project(lineage->judgment.project);
  for (const auto& model : lineage->models)
    out.models.push_back(to_api(model, project ? project->current_model : feedback::ModelId{}));
  return out;
}

}  // namespace

std::vector<Route> judgment_routes() {
  const auto topic = "judgments";
  return {
      read({.method = "GET",
            .path = "/projects/{project}/my/progress",
            .operation = "myProgress",
            .summary = "One's own progress",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           my_progress),
      read({.method = "GET",
            .path = "/projects/{project}/my/judgments",
            .operation = "myJudgments",
            .summary = "One's own judgments",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           my_judgments),
      read({.method = "GET",
            .path = "/projects/{project}/judgments",
            .operation = "listJudgments",
            .summary = "Everybody's judgments",
            .topic = topic,
            .access = Access::member(Right::see_all_judgments)},
           list_judgments),
      read({.method = "GET",
            .path = "/judgments/{judgment}/lineage",
            .operation = "judgmentLineage",
            .summary = "The snapshots a judgment is in and the models that learned from it",
            .topic = topic,
            .access = Access::member(Right::see_results)},
           judgment_lineage),
  };
}

}  // namespace preceptor::server
