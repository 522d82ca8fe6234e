// How a project's work is handed out, and what its members are fit for.
#include "server/routes/work_policy.hpp"

#include <algorithm>

#include "feedback/page_of.hpp"
#include "feedback/rubric_templates.hpp"
#include "feedback/work_settings.hpp"
#include "server/if_match.hpp"
#include "server/routes/project_tags.hpp"
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"
#include "server/wire/writer.hpp"

namespace preceptor::server {

namespace {

using feedback::PersonId;
using feedback::ProjectId;
using feedback::Right;
using feedback::TaskKind;
using wire::List;
using wire::Nothing;

Result<TaskKind> kind_at(const std::string& name, const std::string& where) {
  const auto names = feedback::all_kind_names();
  const auto kind = feedback::from_name<TaskKind>(name);
  if (kind && std::find(names.begin(), names.end(), name) != names.end()) return *kind;
  return refuse(ErrorKind::invalid, "there is no work of this kind", "", where + "/" + name);
}

Result<api::WorkPolicy> set_policy(Call& call, loop::Records& records, const api::WorkPolicy& input) {
  if (auto same = check_project_tag(call, records, policy_tag); !same) return tl::unexpected(same.error());
  auto overlap = overlap_from(input.overlap);
  if (!overlap) return tl::unexpected(overlap.error());
  feedback::WorkPolicy policy;
  for (const auto& [name, review] : input.review) {
    const auto kind = kind_at(name, "/review");
    if (!kind) return tl::unexpected(kind.error());
    policy.review[*kind] = {.newcomer = review.newcomer, .share = review.share};
  }
  policy.adjudicate_below = input.adjudicate_below;
  policy.hazard_consent = input.hazard_consent;
  return feedback::set_policy(records, call.actor(), call.id<ProjectId>(0), *overlap, policy, call.clock())
      .map([&] {
        const auto project = *records.project(call.id<ProjectId>(0));
        send_tag(call, policy_tag(project));
        return policy_to_api(project);
      });
}

api::Fit fit_to_api(const feedback::Fit& fit) {
  api::Fit out{fit.languages, fit.domains, fit.hazards, {}};
  for (TaskKind kind : fit.kinds) out.kinds.emplace_back(name_of(kind));
  return out;
}

std::string consent_tag(const feedback::Fit& fit) {
  return tag_of("consent", wire::to_json(api::Consent{fit.hazards}));
}

std::string skills_tag(const feedback::Fit& fit) {
  auto skills = fit_to_api(fit);
  return tag_of("skills", wire::to_json(api::NewFit{skills.languages, skills.domains, skills.kinds}));
}

using FitTag = std::string(const feedback::Fit&);

// The answer, with the tag of the part that the caller may change.
auto tagged(Call& call, FitTag& tag) {
  return [&call, &tag](const feedback::Fit& fit) {
    send_tag(call, tag(fit));
    return fit_to_api(fit);
  };
}

// Whoever may not change it is told so by the change itself, and is not told the tag.
Result<void> check_fit(Call& call, loop::Records& records, PersonId person, Right right, FitTag& tag) {
  if (!has_if_match(call.request)) return {};
  const auto project = call.id<ProjectId>(0);
  const auto may = feedback::require(records, call.actor(), project, right);
  if (!may) return tl::unexpected(may.error());
  if (!records.lock_membership(project, person)) return {};
  return check_if_match(call.request, tag(records.fit(project, person)));
}

Result<api::Fit> my_fit(Call& call, loop::Records& records, const Nothing&) {
  return feedback::show_own_fit(records, call.actor(), call.id<ProjectId>(0)).map(tagged(call, consent_tag));
}

Result<api::Fit> set_my_consent(Call& call, loop::Records& records, const api::Consent& input) {
  const auto same = check_fit(call, records, call.actor().person, Right::judge, consent_tag);
  if (!same) return tl::unexpected(same.error());
  return feedback::set_consent(records, call.actor(), call.id<ProjectId>(0), input.hazards, call.clock())
      .map(tagged(call, consent_tag));
}

Result<api::Fit> member_fit(Call& call, loop::Records& records, const Nothing&) {
  return feedback::show_fit(records, call.actor(), call.id<ProjectId>(0), call.id<PersonId>(1))
      .map(tagged(call, skills_tag));
}

Result<api::Fit> set_member_fit(Call& call, loop::Records& records, const api::NewFit& input) {
  const auto same = check_fit(call, records, call.id<PersonId>(1), Right::pause_members, skills_tag);
  if (!same) return tl::unexpected(same.error());
  feedback::Fit fit{.languages = input.languages, .domains = input.domains, .hazards = {}, .kinds = {}};
  for (const auto& kind : input.kinds) fit.kinds.push_back(word<TaskKind>(kind));
  return feedback::set_fit(records, call.actor(), call.id<ProjectId>(0), call.id<PersonId>(1), std::move(fit),
                           call.clock())
      .map(tagged(call, skills_tag));
}

api::RubricTemplate to_api(const feedback::RubricTemplate* shipped) {
  return {shipped->key, shipped->label, all_to_api(shipped->dimensions), all_to_api(shipped->criteria)};
}

Result<List<api::RubricTemplate>> list_templates(Call& call, loop::Records&, const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  const auto shipped = feedback::rubric_templates();
  std::vector<const feedback::RubricTemplate*> all;
  for (const auto& one : shipped) all.push_back(&one);
  const auto place = [&](const feedback::RubricTemplate* one) { return one - shipped.data() + 1; };
  const auto found = feedback::page_of(std::move(all), *asked, place);
  List<api::RubricTemplate> list;
  for (const auto* one : found.items) list.items.push_back(to_api(one));
  if (found.next) list.next_cursor = cursor_of(*call.route, *found.next);
  return list;
}

Result<Nothing> assign_task(Call& call, loop::Records& records, const api::Assignee& input) {
  return feedback::assign(records, call.actor(), call.id<feedback::TaskId>(0), input.person_id, call.clock())
      .map([] { return Nothing{}; });
}

}  // namespace

Result<feedback::Overlap> overlap_from(const api::Overlap& input) {
  feedback::Overlap overlap;
  for (const auto& [name, wanted] : input) {
    const auto kind = kind_at(name, "/overlap");
    if (!kind) return tl::unexpected(kind.error());
    switch (*kind) {
      case TaskKind::compare: overlap.compare = wanted; break;
      case TaskKind::rate: overlap.rate = wanted; break;
      case TaskKind::write: overlap.write = wanted; break;
      default: overlap.others[*kind] = wanted;
    }
  }
  return overlap;
}

std::vector<Route> policy_routes() {
  const auto topic = "dispatch";
  return {
      read({.method = "GET",
            .path = "/rubric-templates",
            .operation = "listRubricTemplates",
            .summary = "Rubrics to begin with: medical, legal, technical, creative, financial",
            .topic = topic,
            .access = Access::signed_in()},
           list_templates),
      write({.method = "PUT",
             .path = "/projects/{project}/policy",
             .operation = "setPolicy",
             .summary = "How many people judge a task of each kind, whose judgments are reviewed, when "
                        "somebody adjudicates",
             .topic = topic,
             .access = Access::member(Right::edit_guidelines),
             .takes_tag = true},
            set_policy),
      read({.method = "GET",
            .path = "/projects/{project}/my/fit",
            .operation = "myFit",
            .summary = "What work one is handed here",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           my_fit),
      write({.method = "PUT",
             .path = "/projects/{project}/my/consent",
             .operation = "setMyConsent",
             .summary = "The hazards one consents to be handed, in place of those of before",
             .topic = topic,
             .access = Access::member(Right::judge),
             .takes_tag = true},
            set_my_consent),
      read({.method = "GET",
            .path = "/projects/{project}/members/{person}/fit",
            .operation = "memberFit",
            .summary = "What work a member is handed",
            .topic = topic,
            .access = Access::member(Right::see_quality)},
           member_fit),
      write({.method = "PUT",
             .path = "/projects/{project}/members/{person}/fit",
             .operation = "setMemberFit",
             .summary = "A member's languages, domains and kinds of work",
             .topic = topic,
             .access = Access::member(Right::pause_members),
             .takes_tag = true},
            set_member_fit),
      write({.method = "POST",
             .path = "/tasks/{task}/assignees",
             .operation = "assignTask",
             .summary = "Keeps a place in the task for a member",
             .topic = topic,
             .access = Access::member(Right::edit_content),
             .errors = {ErrorKind::conflict}},
            assign_task),
  };
}

}  // namespace preceptor::server
