#include "feedback/projects.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/hash.hpp"
#include "feedback/events.hpp"
#include "feedback/page_of.hpp"
#include "feedback/text_rules.hpp"
#include "feedback/work_settings.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::size_t name_bytes_max = 200;
constexpr std::size_t guideline_bytes_max = 1 << 20;
constexpr std::size_t names_max = 100;

Result<void> check_names(std::span<const std::string> names, std::string_view where) {
  if (names.size() > names_max) {
    return refuse(ErrorKind::too_large, "at most " + std::to_string(names_max) + " names", "",
                  std::string(where));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto checked =
        check_text(names[i], name_bytes_max, Blank::refused, std::string(where) + "/" + std::to_string(i));
    if (!checked) return checked;
  }
  return {};
}

Result<void> check_watch(const GoldWatchSettings& watch) {
  const bool sane = watch.bad > 0 && watch.bad < watch.good && watch.good < 1 && watch.threshold > 0 &&
                    std::isfinite(watch.threshold) && watch.rate >= 0 && watch.rate <= 1;
  if (!sane) {
    return refuse(ErrorKind::invalid,
                  "the gold watch needs 0 < bad < good < 1, a threshold above 0, a rate of 0 to 1",
                  "Usual: good 0.85, bad 0.60, threshold 9, rate 0.1.", "/gold_watch");
  }
  return {};
}

Json to_json(const GoldWatchSettings& watch) {
  return {{"good", watch.good}, {"bad", watch.bad}, {"threshold", watch.threshold}, {"rate", watch.rate}};
}

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= 64 &&
         key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

Result<void> check_dimension(const RubricDimension& dimension, const std::string& where) {
  if (!is_key(dimension.key)) {
    return refuse(ErrorKind::invalid, "this key cannot be used", "Use 1 to 64 of a-z, 0-9 and _.",
                  where + "/key");
  }
  if (auto checked = check_text(dimension.label, name_bytes_max, Blank::refused, where + "/label");
      !checked) {
    return checked;
  }
  if (dimension.scale_min < 0 || dimension.scale_max > 100 || dimension.scale_min >= dimension.scale_max) {
    return refuse(ErrorKind::invalid, "a scale goes up, between 0 and 100", "For example 1 to 5.",
                  where + "/scale_max");
  }
  const auto points = static_cast<std::size_t>(dimension.scale_max - dimension.scale_min + 1);
  if (!dimension.anchors.empty() && dimension.anchors.size() != points) {
    return refuse(ErrorKind::invalid,
                  "a scale of " + std::to_string(points) + " points has as many anchors, or none",
                  "Word each point.", where + "/anchors");
  }
  for (std::size_t i = 0; i < dimension.anchors.size(); ++i) {
    auto checked =
        check_text(dimension.anchors[i], 2000, Blank::allowed, where + "/anchors/" + std::to_string(i));
    if (!checked) return checked;
  }
  return {};
}

Result<void> check_criteria(std::span<const RubricCriterion> criteria) {
  if (criteria.size() > 100)
    return refuse(ErrorKind::too_large, "a rubric has at most 100 criteria", "", "/criteria");
  std::set<std::string_view> keys;
  bool positive = criteria.empty();
  for (std::size_t i = 0; i < criteria.size(); ++i) {
    const std::string where = "/criteria/" + std::to_string(i);
    if (!is_key(criteria[i].key)) {
      return refuse(ErrorKind::invalid, "this key cannot be used", "Use 1 to 64 of a-z, 0-9 and _.",
                    where + "/key");
    }
    if (!keys.insert(criteria[i].key).second) {
      return refuse(ErrorKind::invalid, "two criteria have the key " + criteria[i].key, "Rename one.",
                    where + "/key");
    }
    auto checked = check_text(criteria[i].label, 2000, Blank::refused, where + "/label");
    if (!checked) return checked;
    if (criteria[i].weight == 0 || criteria[i].weight < -100 || criteria[i].weight > 100) {
      return refuse(ErrorKind::invalid, "a weight is a whole number from -100 to 100, and not 0",
                    "Below 0 is for what an answer should not do.", where + "/weight");
    }
    positive = positive || criteria[i].weight > 0;
  }
  if (positive) return {};
  return refuse(ErrorKind::invalid, "no criterion has a weight above 0", "Say what a good answer does.",
                "/criteria");
}

GuidelineVersion store_guideline(Records& records, const Actor& actor, ProjectId project,
                                 std::string_view markdown, Timestamp now) {
  const std::int64_t version = records.add_guideline(project, markdown, now);
  record_event(records, {event::guideline_added, project, actor.person, version},
               {{"version", version}, {"sha256", sha256_hex(markdown)}}, now);
  return {.project = project, .version = version, .markdown = std::string(markdown), .created_at = now};
}

RubricVersion store_rubric(Records& records, const Actor& actor, ProjectId project,
                           std::span<const RubricDimension> dimensions,
                           std::span<const RubricCriterion> criteria, Timestamp now) {
  RubricVersion rubric{.project = project,
                       .dimensions = {dimensions.begin(), dimensions.end()},
                       .criteria = {criteria.begin(), criteria.end()},
                       .created_at = now};
  rubric.version = records.add_rubric(rubric);
  record_event(records, {event::rubric_added, project, actor.person, rubric.version},
               {{"version", rubric.version}, {"sha256", rubric_hash(dimensions, criteria)}}, now);
  return rubric;
}

Result<void> check_guideline(std::string_view markdown, std::string_view where) {
  return check_text(markdown, guideline_bytes_max, Blank::refused, where);
}

MemberView view_of(Records& records, const Membership& membership) {
  return {records.person(membership.person).value_or(Person{}), membership};
}

std::int64_t owner_count(Records& records, ProjectId project) {
  std::int64_t owners = 0;
  for (const Membership& member : records.members(project)) owners += member.role == Role::owner ? 1 : 0;
  return owners;
}

}  // namespace

std::string rubric_hash(std::span<const RubricDimension> dimensions,
                        std::span<const RubricCriterion> criteria) {
  Json list = Json::array();
  for (const RubricDimension& dimension : dimensions) {
    const auto& below = dimension.reason_required_below;
    list.push_back(Json::array({dimension.key, dimension.label, dimension.scale_min, dimension.scale_max,
                                dimension.anchors, below ? Json(*below) : Json(nullptr)}));
  }
  // A rubric without criteria has the hash that it had before there were any.
  if (!criteria.empty()) list.push_back("criteria");
  for (const RubricCriterion& criterion : criteria) {
    list.push_back(Json::array({criterion.key, criterion.label, criterion.weight}));
  }
  return sha256_hex(list.dump());
}

Result<void> check_rubric(std::span<const RubricDimension> dimensions,
                          std::span<const RubricCriterion> criteria) {
  if (auto checked = check_criteria(criteria); !checked) return checked;
  if (dimensions.size() > 20) {
    return refuse(ErrorKind::too_large, "a rubric has at most 20 dimensions", "", "/dimensions");
  }
  std::set<std::string_view> keys;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    const std::string where = "/dimensions/" + std::to_string(i);
    if (auto checked = check_dimension(dimensions[i], where); !checked) return checked;
    if (!keys.insert(dimensions[i].key).second) {
      return refuse(ErrorKind::invalid, "two dimensions have the key " + dimensions[i].key, "Rename one.",
                    where + "/key");
    }
  }
  return {};
}

Result<ProjectView> create_project(Records& records, const Actor& actor, const NewProject& fresh,
                                   const Clock& clock) {
  if (auto permitted = require_administrator(actor, Act::changes); !permitted)
    return tl::unexpected(permitted.error());
  for (const Result<void>& checked :
       {check_text(fresh.name, name_bytes_max, Blank::refused, "/name"),
        check_names(fresh.languages, "/languages"), check_names(fresh.domains, "/domains"),
        check_guideline(fresh.guideline, "/guideline"), check_rubric(fresh.dimensions, fresh.criteria),
        check_policy(fresh.overlap, {}), check_watch(fresh.gold_watch)}) {
    if (!checked) return tl::unexpected(checked.error());
  }
  const Timestamp now = clock.now();
  const ProjectId id = records.add_project({.name = fresh.name,
                                            .languages = fresh.languages,
                                            .domains = fresh.domains,
                                            .overlap = fresh.overlap,
                                            .gold_watch = fresh.gold_watch,
                                            .created_at = now});
  record_event(records, {event::project_created, id, actor.person, id.value},
               {{"project_id", id.value}, {"gold_watch", to_json(fresh.gold_watch)}}, now);
  store_guideline(records, actor, id, fresh.guideline, now);
  store_rubric(records, actor, id, fresh.dimensions, fresh.criteria, now);
  records.put_role(id, actor.person, Role::owner);
  record_event(records, {event::member_role_set, id, actor.person, actor.person.value},
               {{"person_id", actor.person.value}, {"role", name_of(Role::owner)}}, now);
  return show_project(records, actor, id);
}

Result<ProjectView> set_settings(Records& records, const Actor& actor, ProjectId id,
                                 const ProjectSettings& settings, const Clock& clock) {
  const auto permitted = require(records, actor, id, Right::edit_guidelines);
  if (!permitted) return tl::unexpected(permitted.error());
  for (const Result<void>& checked :
       {check_text(settings.name, name_bytes_max, Blank::refused, "/name"),
        check_names(settings.languages, "/languages"), check_names(settings.domains, "/domains"),
        check_watch(settings.gold_watch)}) {
    if (!checked) return tl::unexpected(checked.error());
  }
  auto project = records.lock_project(id);
  if (!project) return refuse(ErrorKind::not_found, "there is no such project");
  // Golds that are being answered were watched by the old figures, and are in the log before the new ones.
  records.lock_members(id);
  project->name = settings.name;
  project->languages = settings.languages;
  project->domains = settings.domains;
  project->gold_watch = settings.gold_watch;
  records.update_project(*project);
  record_event(records, {event::settings_set, id, actor.person, id.value},
               {{"name", settings.name},
                {"languages", settings.languages},
                {"domains", settings.domains},
                {"gold_watch", to_json(settings.gold_watch)}},
               clock.now());
  return show_project(records, actor, id);
}

Listing<ProjectView> list_projects(Records& records, const Actor& actor, Page page) {
  auto projects = actor.administrator ? records.projects() : records.projects_of(actor.person);
  auto some = page_of(std::move(projects), page, [](const Project& project) { return project.id.value; });
  Listing<ProjectView> views{.items = {}, .next = some.next};
  for (Project& project : some.items) {
    const auto membership = records.membership(project.id, actor.person);
    const ProjectId id = project.id;
    views.items.push_back(
        {std::move(project), membership ? membership->role : Role::owner, records.project_counts(id)});
  }
  return views;
}

Result<ProjectView> show_project(Records& records, const Actor& actor, ProjectId id) {
  const auto membership = require(records, actor, id, Right::see_project);
  if (!membership) return tl::unexpected(membership.error());
  auto project = records.project(id);
  if (!project) return refuse(ErrorKind::not_found, "there is no such project");
  return ProjectView{std::move(*project), membership->role, records.project_counts(id)};
}

Result<GuidelineVersion> add_guideline(Records& records, const Actor& actor, ProjectId project,
                                       std::string_view markdown, const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::edit_guidelines);
  if (!permitted) return tl::unexpected(permitted.error());
  if (auto checked = check_guideline(markdown, "/markdown"); !checked) return tl::unexpected(checked.error());
  return store_guideline(records, actor, project, markdown, clock.now());
}

Result<Listing<GuidelineVersion>> list_guidelines(Records& records, const Actor& actor, ProjectId project,
                                                  Page page) {
  const auto permitted = require(records, actor, project, Right::see_project);
  if (!permitted) return tl::unexpected(permitted.error());
  return page_of(records.guidelines(project), page,
                 [](const GuidelineVersion& version) { return version.version; });
}

Result<RubricVersion> add_rubric(Records& records, const Actor& actor, ProjectId project,
                                 std::span<const RubricDimension> dimensions, const Clock& clock,
                                 std::span<const RubricCriterion> criteria) {
  const auto permitted = require(records, actor, project, Right::edit_guidelines);
  if (!permitted) return tl::unexpected(permitted.error());
  if (auto checked = check_rubric(dimensions, criteria); !checked) return tl::unexpected(checked.error());
  return store_rubric(records, actor, project, dimensions, criteria, clock.now());
}

Result<Listing<RubricVersion>> list_rubrics(Records& records, const Actor& actor, ProjectId project,
                                            Page page) {
  const auto permitted = require(records, actor, project, Right::see_project);
  if (!permitted) return tl::unexpected(permitted.error());
  return page_of(records.rubrics(project), page,
                 [](const RubricVersion& version) { return version.version; });
}

Result<Listing<MemberView>> list_members(Records& records, const Actor& actor, ProjectId project, Page page) {
  const auto permitted = require(records, actor, project, Right::see_quality);
  if (!permitted) return tl::unexpected(permitted.error());
  const auto some =
      page_of(records.members(project), page, [](const Membership& member) { return member.person.value; });
  Listing<MemberView> views{.items = {}, .next = some.next};
  for (const Membership& member : some.items) views.items.push_back(view_of(records, member));
  return views;
}

Result<MemberView> set_member(Records& records, const Actor& actor, ProjectId project, PersonId person,
                              Role role, const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::manage_members);
  if (!permitted) return tl::unexpected(permitted.error());
  if (!records.person(person))
    return refuse(ErrorKind::not_found, "there is no such person", "Add the person first.");
  const auto before = records.lock_membership(project, person);
  if (before && before->role == Role::owner && role != Role::owner && owner_count(records, project) == 1) {
    return refuse(ErrorKind::conflict, "a project keeps at least one owner",
                  "Make somebody else an owner first.", "/role");
  }
  records.put_role(project, person, role);
  record_event(records, {event::member_role_set, project, actor.person, person.value},
               {{"person_id", person.value}, {"role", name_of(role)}}, clock.now());
  return view_of(records, *records.membership(project, person));
}

Result<MemberView> set_pause(Records& records, const Actor& actor, ProjectId project, PersonId person,
                             bool paused, std::string_view reason, const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::pause_members);
  if (!permitted) return tl::unexpected(permitted.error());
  auto checked = check_text(reason, 2000, paused ? Blank::refused : Blank::allowed, "/reason");
  if (!checked) return tl::unexpected(checked.error());
  auto member = records.lock_membership(project, person);
  if (!member) return refuse(ErrorKind::not_found, "there is no such member", "Reload the list.");
  member->paused = paused;
  member->pause_reason = paused ? std::string(reason) : "";
  if (!paused) member->watch = 0;
  records.update_membership(*member);
  record_event(records,
               {paused ? event::member_paused : event::member_resumed, project, actor.person, person.value},
               {{"person_id", person.value}, {"reason", reason}, {"automatic", false}}, clock.now());
  return view_of(records, *member);
}

}  // namespace preceptor::feedback
