#include "feedback/work_settings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "feedback/dispatch.hpp"
#include "feedback/events.hpp"
#include "feedback/kinds/kind.hpp"
#include "feedback/review_policy.hpp"
#include "feedback/text_rules.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t overlap_max = 100;
constexpr std::size_t facts_max = 200;

Result<void> check_kind(TaskKind kind, const std::string& where) {
  if (kind_of(kind).made_by == MadeBy::leads) return {};
  return refuse(ErrorKind::invalid, "\"" + std::string(name_of(kind)) + "\" has no overlap and no review",
                "One person does it.", where);
}

Result<void> check_facts(const std::vector<std::string>& facts, const std::string& where) {
  if (facts.size() > facts_max) return refuse(ErrorKind::too_large, "this list is too long", "", where);
  for (const std::string& fact : facts) {
    if (auto checked = check_text(fact, facts_max, Blank::refused, where); !checked) return checked;
  }
  return {};
}

tl::unexpected<Error> no_member() {
  return refuse(ErrorKind::not_found, "there is no such member", "Reload the list.");
}

Fit keep_fit(Records& records, const Actor& actor, ProjectId project, PersonId person, Fit fit,
             const Clock& clock) {
  records.put_fit(project, person, fit);
  record_event(records, {event::member_fit_set, project, actor.person, person.value},
               {{"person_id", person.value}, {"hazards", fit.hazards}}, clock.now());
  return fit;
}

Result<void> check_assignable(Records& records, const Task& task, const Membership& member) {
  const auto refused = [](std::string why) {
    return refuse(ErrorKind::conflict, std::move(why), "Choose somebody else.", "/person_id");
  };
  if (const auto had = records.assignment(task.id, member.person)) {
    return refused(had->state == AssignmentState::barred
                       ? "this person wrote, judged or reviewed what the task is about"
                       : "this person was handed the task already");
  }
  const auto project = records.project(task.project);
  const auto prompt = records.prompt(task.prompt);
  if (!project || !prompt) throw Failure(ErrorKind::internal, "a task without a project or a prompt");
  // What is kept for somebody by name need not be among their skills, but rights and consent stay.
  const Fit consent{.hazards = records.fit(task.project, member.person).hazards};
  if (!suits(lane_for(*project, task.kind, *prompt), member.role, consent, project->policy))
    return refused("this person's role does not allow such work, or they did not consent to its hazard");
  return {};
}

}  // namespace

Result<void> check_policy(const Overlap& overlap, const WorkPolicy& policy) {
  std::map<TaskKind, std::int64_t> overlaps = overlap.others;
  overlaps[TaskKind::compare] = overlap.compare;
  overlaps[TaskKind::rate] = overlap.rate;
  overlaps[TaskKind::write] = overlap.write;
  for (const auto& [kind, wanted] : overlaps) {
    const std::string where = "/overlap/" + std::string(name_of(kind));
    if (auto checked = check_kind(kind, where); !checked) return checked;
    if (wanted < 1 || wanted > overlap_max) {
      return refuse(ErrorKind::invalid, "an overlap is between 1 and " + std::to_string(overlap_max), "",
                    where);
    }
  }
  for (const auto& [kind, review] : policy.review) {
    const std::string where = "/review/" + std::string(name_of(kind));
    if (auto checked = check_kind(kind, where); !checked) return checked;
    if (review.newcomer < 0)
      return refuse(ErrorKind::invalid, "a number of judgments is not below 0", "", where + "/newcomer");
    if (!(review.share >= review_share_min && review.share <= 1)) {
      return refuse(ErrorKind::invalid, "the share that is reviewed is between 0.05 and 1",
                    "Leave the kind out to review none of it.", where + "/share");
    }
  }
  if (policy.adjudicate_below >= 0 && policy.adjudicate_below <= 1) return {};
  return refuse(ErrorKind::invalid, "an agreement is between 0 and 1", "0: no adjudication.",
                "/adjudicate_below");
}

Result<void> set_policy(Records& records, const Actor& actor, ProjectId project, const Overlap& overlap,
                        const WorkPolicy& policy, const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::edit_guidelines);
  if (!permitted) return tl::unexpected(permitted.error());
  if (auto checked = check_policy(overlap, policy); !checked) return checked;
  records.lock_project(project);
  records.set_policy(project, overlap, policy);
  Json logged{{"adjudicate_below", policy.adjudicate_below}, {"hazard_consent", policy.hazard_consent}};
  for (TaskKind kind : all_kinds()) logged["overlap"][std::string(name_of(kind))] = overlap.of(kind);
  for (const auto& [kind, review] : policy.review) {
    logged["review"][std::string(name_of(kind))] = {{"newcomer", review.newcomer}, {"share", review.share}};
  }
  record_event(records, {event::policy_set, project, actor.person, project.value}, logged, clock.now());
  return {};
}

Result<Fit> show_own_fit(Records& records, const Actor& actor, ProjectId project) {
  const auto permitted = require(records, actor, project, Right::see_project);
  if (!permitted) return tl::unexpected(permitted.error());
  return records.fit(project, actor.person);
}

Result<Fit> show_fit(Records& records, const Actor& actor, ProjectId project, PersonId person) {
  const auto permitted = require(records, actor, project, Right::see_quality);
  if (!permitted) return tl::unexpected(permitted.error());
  if (!records.membership(project, person)) return no_member();
  return records.fit(project, person);
}

Result<Fit> set_fit(Records& records, const Actor& actor, ProjectId project, PersonId person, Fit fit,
                    const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::pause_members);
  if (!permitted) return tl::unexpected(permitted.error());
  if (!records.membership(project, person)) return no_member();
  for (const auto& [facts, where] :
       {std::pair(&fit.languages, "/languages"), std::pair(&fit.domains, "/domains")}) {
    if (auto checked = check_facts(*facts, where); !checked) return tl::unexpected(checked.error());
  }
  fit.hazards = records.fit(project, person).hazards;
  return keep_fit(records, actor, project, person, std::move(fit), clock);
}

Result<Fit> set_consent(Records& records, const Actor& actor, ProjectId project,
                        const std::vector<std::string>& hazards, const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::judge);
  if (!permitted) return tl::unexpected(permitted.error());
  const auto known = hazard_names();
  for (std::size_t i = 0; i < hazards.size(); ++i) {
    if (std::find(known.begin(), known.end(), hazards[i]) == known.end() && hazards[i] != other_hazard)
      return refuse(ErrorKind::invalid, "there is no such hazard", "The names stand in the description.",
                    "/hazards/" + std::to_string(i));
  }
  Fit fit = records.fit(project, actor.person);
  fit.hazards = hazards;
  std::sort(fit.hazards.begin(), fit.hazards.end());
  fit.hazards.erase(std::unique(fit.hazards.begin(), fit.hazards.end()), fit.hazards.end());
  return keep_fit(records, actor, project, actor.person, std::move(fit), clock);
}

Result<void> assign(Records& records, const Actor& actor, TaskId id, PersonId person, const Clock& clock) {
  const auto task = records.task(id);
  if (!task) {
    return refuse(ErrorKind::not_found, "there is no task " + std::to_string(id.value), "Reload the list.");
  }
  const auto permitted = require(records, actor, task->project, Right::edit_content);
  if (!permitted) return tl::unexpected(permitted.error());
  const auto member = records.membership(task->project, person);
  if (!member) {
    return refuse(ErrorKind::not_found, "there is no such member", "Add the person first.", "/person_id");
  }
  if (auto checked = check_assignable(records, *task, *member); !checked) return checked;
  if (task->gold || !records.keep_slot(id, person)) {
    return refuse(ErrorKind::conflict, "no place of this task is free", "Choose another task.");
  }
  record_event(records, {event::task_assigned, task->project, actor.person, id.value},
               {{"task_id", id.value}, {"person_id", person.value}}, clock.now());
  return {};
}

}  // namespace preceptor::feedback
