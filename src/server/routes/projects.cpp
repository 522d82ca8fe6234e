// Projects, members, guidelines, rubrics, quality.
#include "server/if_match.hpp"
#include "server/routes/project_tags.hpp"
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"
#include "server/routes/work_policy.hpp"

namespace preceptor::server {

namespace {

using feedback::PersonId;
using feedback::ProjectId;
using feedback::Right;
using wire::List;
using wire::Nothing;

// An administrator who is no member has every right but no role of their own.
api::Project project_for(const Call& call, loop::Records& records, const feedback::ProjectView& view) {
  api::Project project = to_api(view);
  if (call.actor().administrator && !records.membership(view.project.id, call.actor().person))
    project.role.reset();
  return project;
}

Result<void> check_member(Call& call, loop::Records& records, Right right) {
  if (!has_if_match(call.request)) return {};
  const auto may = feedback::require(records, call.actor(), call.id<ProjectId>(0), right);
  if (!may) return tl::unexpected(may.error());
  const auto member = records.lock_membership(call.id<ProjectId>(0), call.id<PersonId>(1));
  if (!member) return {};
  return check_if_match(call.request, tag_of(*member));
}

Result<List<api::Project>> list_projects(Call& call, loop::Records& records, const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  const auto found = feedback::list_projects(records, call.actor(), *asked);
  List<api::Project> list;
  for (const auto& view : found.items) list.items.push_back(project_for(call, records, view));
  if (found.next) list.next_cursor = cursor_of(*call.route, *found.next);
  return list;
}

Result<api::Project> create_project(Call& call, loop::Records& records, const api::NewProject& input) {
  feedback::NewProject project;
  project.name = input.name;
  project.languages = input.languages;
  project.domains = input.domains;
  project.guideline = input.guideline;
  project.dimensions = from_api(input.rubric.dimensions);
  project.criteria = from_api(input.rubric.criteria);
  auto overlap = overlap_from(input.overlap);
  if (!overlap) return tl::unexpected(overlap.error());
  project.overlap = *overlap;
  project.gold_watch = from_api(input.gold_watch);
  return feedback::create_project(records, call.actor(), project, call.clock()).map([](const auto& view) {
    return to_api(view);
  });
}

Result<api::Project> show_project(Call& call, loop::Records& records, const Nothing&) {
  return feedback::show_project(records, call.actor(), call.id<ProjectId>(0)).map([&](const auto& view) {
    return project_for(call, records, view);
  });
}

Result<api::Project> set_settings(Call& call, loop::Records& records, const api::ProjectSettings& input) {
  if (auto same = check_project_tag(call, records, settings_tag); !same) return tl::unexpected(same.error());
  return feedback::set_settings(records, call.actor(), call.id<ProjectId>(0),
                                {.name = input.name,
                                 .languages = input.languages,
                                 .domains = input.domains,
                                 .gold_watch = from_api(input.gold_watch)},
                                call.clock())
      .map([&](const auto& view) {
        send_tag(call, settings_tag(view.project));
        return project_for(call, records, view);
      });
}

Result<List<api::Member>> list_members(Call& call, loop::Records& records, const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  return feedback::list_members(records, call.actor(), call.id<ProjectId>(0), *asked)
      .map([&](const auto& found) {
        for (const auto& member : found.items) call.people_read.push_back(member.person.id);
        call.project_read = call.id<ProjectId>(0);
        return paged_list(call, found);
      });
}

Result<api::Member> set_member(Call& call, loop::Records& records, const api::NewRole& input) {
  if (auto same = check_member(call, records, Right::manage_members); !same)
    return tl::unexpected(same.error());
  return feedback::set_member(records, call.actor(), call.id<ProjectId>(0), call.id<PersonId>(1),
                              word<feedback::Role>(input.role), call.clock())
      .map([](const auto& member) { return to_api(member); });
}

Result<api::Member> pause_member(Call& call, loop::Records& records, const api::Pause& input) {
  if (auto same = check_member(call, records, Right::pause_members); !same)
    return tl::unexpected(same.error());
  return feedback::set_pause(records, call.actor(), call.id<ProjectId>(0), call.id<PersonId>(1), input.paused,
                             input.reason, call.clock())
      .map([](const auto& member) { return to_api(member); });
}

Result<List<api::GuidelineVersion>> list_guidelines(Call& call, loop::Records& records,
                                                    const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  return feedback::list_guidelines(records, call.actor(), call.id<ProjectId>(0), *asked)
      .map([&](const auto& found) {
        send_tag(call, guideline_tag(*records.project(call.id<ProjectId>(0))));
        return paged_list(call, found);
      });
}

Result<api::GuidelineVersion> add_guideline(Call& call, loop::Records& records,
                                            const api::NewGuideline& input) {
  if (auto same = check_project_tag(call, records, guideline_tag); !same) return tl::unexpected(same.error());
  return feedback::add_guideline(records, call.actor(), call.id<ProjectId>(0), input.markdown, call.clock())
      .map([&](const auto& version) {
        send_tag(call, tag_of("guideline", version.version));
        return to_api(version);
      });
}

Result<List<api::RubricVersion>> list_rubrics(Call& call, loop::Records& records,
                                              const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  return feedback::list_rubrics(records, call.actor(), call.id<ProjectId>(0), *asked)
      .map([&](const auto& found) {
        send_tag(call, rubric_tag(*records.project(call.id<ProjectId>(0))));
        return paged_list(call, found);
      });
}

Result<api::RubricVersion> add_rubric(Call& call, loop::Records& records, const api::NewRubric& input) {
  if (auto same = check_project_tag(call, records, rubric_tag); !same) return tl::unexpected(same.error());
  return feedback::add_rubric(records, call.actor(), call.id<ProjectId>(0), from_api(input.dimensions),
                              call.clock(), from_api(input.criteria))
      .map([&](const auto& version) {
        send_tag(call, tag_of("rubric", version.version));
        return to_api(version);
      });
}

Result<api::Quality> show_quality(Call& call, loop::Records& records, const Nothing&) {
  auto quality = feedback::project_quality(records, call.actor(), call.id<ProjectId>(0));
  if (!quality) return tl::unexpected(quality.error());
  api::Quality out;
  call.project_read = call.id<ProjectId>(0);
  for (const auto& [person, membership] : quality->people) {
    call.people_read.push_back(person.id);
    out.people.push_back({person.id, person.name, person.simulated, membership.judgments, membership.golds,
                          membership.golds_right, membership.watch, membership.paused,
                          unless_empty(membership.pause_reason)});
  }
  out.agreement = {quality->krippendorff_alpha, quality->items};
  return out;
}

std::vector<Route> version_routes() {
  const auto topic = "projects";
  return {
      read({.method = "GET",
            .path = "/projects/{project}/guidelines",
            .operation = "listGuidelines",
            .summary = "All versions of the guidelines",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           list_guidelines),
      write({.method = "POST",
             .path = "/projects/{project}/guidelines",
             .operation = "addGuideline",
             .summary = "A new version of the guidelines",
             .topic = topic,
             .access = Access::member(Right::edit_guidelines),
             .takes_tag = true},
            add_guideline),
      read({.method = "GET",
            .path = "/projects/{project}/rubrics",
            .operation = "listRubrics",
            .summary = "All versions of the rubric",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           list_rubrics),
      write({.method = "POST",
             .path = "/projects/{project}/rubrics",
             .operation = "addRubric",
             .summary = "A new version of the rubric",
             .topic = topic,
             .access = Access::member(Right::edit_guidelines),
             .takes_tag = true},
            add_rubric),
  };
}

}  // namespace

std::vector<Route> project_routes() {
  const auto topic = "projects";
  std::vector<Route> routes = {
      read({.method = "GET",
            .path = "/projects",
            .operation = "listProjects",
            .summary = "One's own projects; an administrator's are all",
            .topic = topic,
            .access = Access::signed_in()},
           list_projects),
      write({.method = "POST",
             .path = "/projects",
             .operation = "createProject",
             .summary = "Makes a project; the caller becomes its owner",
             .topic = topic,
             .access = Access::administrator(),
             .errors = {ErrorKind::conflict}},
            create_project),
      read({.method = "GET",
            .path = "/projects/{project}",
            .operation = "showProject",
            .summary = "One project",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           show_project),
      write({.method = "PUT",
             .path = "/projects/{project}/settings",
             .operation = "setSettings",
             .summary = "A project's name, languages, domains and gold watch, in place of those of before",
             .topic = topic,
             .access = Access::member(Right::edit_guidelines),
             .takes_tag = true},
            set_settings),
      read({.method = "GET",
            .path = "/projects/{project}/members",
            .operation = "listMembers",
            .summary = "Who works here",
            .topic = topic,
            .access = Access::member(Right::see_quality)},
           list_members),
      write({.method = "PUT",
             .path = "/projects/{project}/members/{person}",
             .operation = "setMember",
             .summary = "Adds a member or changes the role",
             .topic = topic,
             .access = Access::member(Right::manage_members),
             .errors = {ErrorKind::conflict},
             .takes_tag = true},
            set_member),
      write({.method = "POST",
             .path = "/projects/{project}/members/{person}/pause",
             .operation = "pauseMember",
             .summary = "Pauses a member for review, or lets them go on",
             .topic = topic,
             .access = Access::member(Right::pause_members),
             .takes_tag = true},
            pause_member),
      read({.method = "GET",
            .path = "/projects/{project}/quality",
            .operation = "showQuality",
            .summary = "Gold scores, watches and agreement",
            .topic = topic,
            .access = Access::member(Right::see_quality)},
           show_quality),
  };
  for (auto& route : version_routes()) routes.push_back(std::move(route));
  return routes;
}

}  // namespace preceptor::server
