#include "store/composed.hpp"
#include "store/json_columns.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_project{
    "project_add",
    "INSERT INTO project (name, languages, domains, overlap_compare, "
    "overlap_rate, overlap_write, gold_good, gold_bad, "
    "gold_threshold, gold_rate, created_at, policy) VALUES ($1, $2, $3, $4, $5, $6, "
    "$7, $8, $9, $10, $11, $12) RETURNING id"};
constexpr std::string_view project_columns =
    "SELECT id, name, languages, domains, overlap_compare, overlap_rate, overlap_write, gold_good, gold_bad, "
    "gold_threshold, gold_rate, current_model_id, created_at, "
    "(SELECT max(version) FROM guideline WHERE project_id = project.id), "
    "(SELECT max(version) FROM rubric WHERE project_id = project.id), policy FROM project ";
const Statement& project_by_id() {
  static const Composed composed("project", {project_columns, "WHERE id = $1"});
  return composed.statement;
}
const Statement& project_of_task() {
  static const Composed composed(
      "project_of_task", {project_columns, "WHERE id = (SELECT project_id FROM task WHERE task.id = $1)"});
  return composed.statement;
}
// Rows that refer to the project can still be added by others.
constexpr Statement lock_project_row{"project_lock", "SELECT id FROM project WHERE id = $1",
                                     "SELECT id FROM project WHERE id = $1 FOR NO KEY UPDATE"};
constexpr Statement select_project_ids{"project_ids", "SELECT id FROM project ORDER BY id"};
constexpr Statement select_project_ids_of{
    "project_ids_of", "SELECT project_id FROM membership WHERE person_id = $1 ORDER BY project_id"};
constexpr Statement count_project{
    "project_counts",
    "SELECT coalesce(sum(prompts), 0), coalesce(sum(responses), 0), coalesce(sum(tasks_open), 0), "
    "coalesce(sum(tasks_done), 0), coalesce(sum(golds), 0), "
    "(SELECT coalesce(sum(judgments), 0) FROM membership WHERE project_id = $1), "
    "(SELECT count(*) FROM membership WHERE project_id = $1) FROM tally WHERE project_id = $1"};
constexpr Statement update_current_model{"project_current_model",
                                         "UPDATE project SET current_model_id = $2 WHERE id = $1"};

constexpr Statement update_policy{"project_policy",
                                  "UPDATE project SET overlap_compare = $2, overlap_rate = $3, overlap_write "
                                  "= $4, policy = $5 WHERE id = $1"};
constexpr Statement update_settings{
    "project_settings",
    "UPDATE project SET name = $2, languages = $3, domains = $4, gold_good = $5, gold_bad = $6, "
    "gold_threshold = $7, gold_rate = $8 WHERE id = $1"};

constexpr Statement insert_guideline{
    "guideline_add",
    "INSERT INTO guideline (project_id, version, markdown, created_at) VALUES ($1, "
    "(SELECT coalesce(max(version), 0) + 1 FROM guideline WHERE project_id = $1), $2, $3) RETURNING version"};
constexpr Statement select_guidelines{
    "guidelines",
    "SELECT version, markdown, created_at FROM guideline WHERE project_id = $1 ORDER BY version"};
constexpr Statement insert_rubric{
    "rubric_add",
    "INSERT INTO rubric (project_id, version, dimensions, created_at, criteria) VALUES ($1, "
    "(SELECT coalesce(max(version), 0) + 1 FROM rubric WHERE project_id = $1), $2, $3, $4) RETURNING "
    "version"};
constexpr Statement select_rubrics{"rubrics",
                                   "SELECT project_id, version, dimensions, created_at, criteria FROM rubric "
                                   "WHERE project_id = $1 ORDER BY version"};
constexpr Statement select_rubric{"rubric",
                                  "SELECT project_id, version, dimensions, created_at, criteria FROM rubric "
                                  "WHERE project_id = $1 AND version = $2"};

constexpr Statement upsert_role{"membership_put",
                                "INSERT INTO membership (project_id, person_id, role) VALUES ($1, $2, $3) "
                                "ON CONFLICT (project_id, person_id) DO UPDATE SET role = excluded.role"};
constexpr Statement select_membership{
    "membership",
    "SELECT project_id, person_id, role, paused, pause_reason, watch, handed, judgments, golds, golds_right "
    "FROM membership WHERE project_id = $1 AND person_id = $2"};
constexpr Statement lock_membership_row{
    "membership_lock",
    "SELECT project_id, person_id, role, paused, pause_reason, watch, handed, judgments, golds, golds_right "
    "FROM membership WHERE project_id = $1 AND person_id = $2",
    "SELECT project_id, person_id, role, paused, pause_reason, watch, handed, judgments, golds, golds_right "
    "FROM membership WHERE project_id = $1 AND person_id = $2 FOR UPDATE"};
constexpr Statement lock_membership_of_task{
    "membership_lock_of_task",
    "SELECT project_id, person_id, role, paused, pause_reason, watch, handed, judgments, golds, golds_right "
    "FROM membership WHERE project_id = (SELECT project_id FROM task WHERE id = $1) AND person_id = $2",
    "SELECT project_id, person_id, role, paused, pause_reason, watch, handed, judgments, golds, golds_right "
    "FROM membership WHERE project_id = (SELECT project_id FROM task WHERE id = $1) AND person_id = $2 "
    "FOR UPDATE"};
constexpr Statement update_membership_row{.name = "membership_update",
                                          .text =
                                              "UPDATE membership SET paused = $3, pause_reason = $4, watch = "
                                              "$5, handed = $6, judgments = $7, golds = "
                                              "$8, golds_right = $9 WHERE project_id = $1 AND person_id = $2",
                                          .key_values = 2};
constexpr Statement select_members{
    "members",
    "SELECT project_id, person_id, role, paused, pause_reason, watch, handed, judgments, golds, golds_right "
    "FROM membership WHERE project_id = $1 ORDER BY person_id"};
constexpr Statement lock_member_rows{
    "members_lock", "SELECT person_id FROM membership WHERE project_id = $1",
    "SELECT person_id FROM membership WHERE project_id = $1 ORDER BY person_id FOR UPDATE"};
constexpr Statement select_memberships_of{
    "memberships_of",
    "SELECT project_id, person_id, role, paused, pause_reason, watch, handed, judgments, golds, golds_right "
    "FROM membership WHERE person_id = $1 ORDER BY project_id"};

constexpr Statement select_fit{
    "member_fit",
    "SELECT languages, domains, hazards, kinds FROM member_fit WHERE project_id = $1 AND person_id = $2"};
constexpr Statement upsert_fit{
    "member_fit_put",
    "INSERT INTO member_fit (project_id, person_id, languages, domains, hazards, kinds) "
    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (project_id, person_id) DO UPDATE SET "
    "languages = excluded.languages, domains = excluded.domains, hazards = excluded.hazards, "
    "kinds = excluded.kinds"};

// The columns of a project that are JSON, and what they say.
struct ProjectTexts {
  std::string languages, domains, policy;
  bool operator==(const ProjectTexts&) const = default;
};
struct ProjectWords {
  std::vector<std::string> languages, domains;
  std::map<TaskKind, std::int64_t> overlaps;
  feedback::WorkPolicy policy;
};

ProjectWords read_words(const ProjectTexts& texts) {
  feedback::Overlap overlap;
  feedback::WorkPolicy policy;
  read_policy(texts.policy, overlap, policy);
  return {.languages = words_from(texts.languages),
          .domains = words_from(texts.domains),
          .overlaps = overlap.others,
          .policy = policy};
}

// Nearly every write asks for its project, which seldom changes: the thread remembers what it read last.
const ProjectWords& words_of(ProjectTexts texts) {
  thread_local std::optional<std::pair<ProjectTexts, ProjectWords>> last;
  if (!last || last->first != texts) {
    ProjectWords words = read_words(texts);
    last.emplace(std::move(texts), std::move(words));
  }
  return last->second;
}

Project project_from(const Row& row) {
  const ProjectWords& words =
      words_of({.languages = row.text(2), .domains = row.text(3), .policy = row.text(15)});
  return {
      .id = id_at<ProjectId>(row, 0),
      .name = row.text(1),
      .languages = words.languages,
      .domains = words.domains,
      .overlap = {.compare = row.integer(4),
                  .rate = row.integer(5),
                  .write = row.integer(6),
                  .others = words.overlaps},
      .gold_watch = {.good = row.real(7), .bad = row.real(8), .threshold = row.real(9), .rate = row.real(10)},
      .policy = words.policy,
      .current_model = id_at<ModelId>(row, 11),
      .guideline_version = row.integer(13),
      .rubric_version = row.integer(14),
      .created_at = moment_at(row, 12)};
}

RubricVersion rubric_from(const Row& row) {
  return {.project = id_at<ProjectId>(row, 0),
          .version = row.integer(1),
          .dimensions = dimensions_from(row.text(2)),
          .criteria = criteria_from(row.text(4)),
          .created_at = moment_at(row, 3)};
}

Membership membership_from(const Row& row) {
  return {.project = id_at<ProjectId>(row, 0),
          .person = id_at<PersonId>(row, 1),
          .role = code_at<Role>(row, 2),
          .paused = flag_at(row, 3),
          .pause_reason = row.text(4),
          .watch = row.real(5),
          .handed = row.integer(6),
          .judgments = row.integer(7),
          .golds = row.integer(8),
          .golds_right = row.integer(9)};
}

}  // namespace

ProjectId SqlRecords::add_project(const Project& project) {
  const auto& watch = project.gold_watch;
  return {connection_.number(
      insert_project,
      {text(project.name), text(words_text(project.languages)), text(words_text(project.domains)),
       integer(project.overlap.compare), integer(project.overlap.rate), integer(project.overlap.write),
       real(watch.good), real(watch.bad), real(watch.threshold), real(watch.rate), moment(project.created_at),
       text(policy_text(project.overlap, project.policy))})};
}

std::optional<Project> SqlRecords::project(ProjectId id) {
  return connection_.first(project_by_id(), {key(id)}, project_from);
}

std::optional<Project> SqlRecords::project_of(TaskId task) {
  return connection_.first(project_of_task(), {key(task)}, project_from);
}

std::optional<Project> SqlRecords::lock_project(ProjectId id) {
  connection_.run(lock_project_row, {key(id)});
  return project(id);
}

std::vector<Project> SqlRecords::projects() {
  std::vector<Project> found;
  for (ProjectId id :
       connection_.all(select_project_ids, {}, [](const Row& row) { return id_at<ProjectId>(row, 0); })) {
    if (auto one = project(id)) found.push_back(std::move(*one));
  }
  return found;
}

std::vector<Project> SqlRecords::projects_of(PersonId person) {
  std::vector<Project> found;
  for (ProjectId id : connection_.all(select_project_ids_of, {key(person)},
                                      [](const Row& row) { return id_at<ProjectId>(row, 0); })) {
    if (auto one = project(id)) found.push_back(std::move(*one));
  }
  return found;
}

ProjectCounts SqlRecords::project_counts(ProjectId id) {
  return connection_
      .first(count_project, {key(id)},
             [](const Row& row) {
               return ProjectCounts{.prompts = row.integer(0),
                                    .responses = row.integer(1),
                                    .tasks_open = row.integer(2),
                                    .tasks_done = row.integer(3),
                                    .golds = row.integer(4),
                                    .judgments = row.integer(5),
                                    .members = row.integer(6)};
             })
      .value_or(ProjectCounts{});
}

void SqlRecords::set_current_model(ProjectId id, ModelId model) {
  connection_.run(update_current_model, {key(id), key_or_null(model)});
}

void SqlRecords::set_policy(ProjectId id, const feedback::Overlap& overlap,
                            const feedback::WorkPolicy& policy) {
  connection_.run(update_policy, {key(id), integer(overlap.compare), integer(overlap.rate),
                                  integer(overlap.write), text(policy_text(overlap, policy))});
}

void SqlRecords::update_project(const Project& project) {
  const auto& watch = project.gold_watch;
  connection_.run(update_settings, {key(project.id), text(project.name), text(words_text(project.languages)),
                                    text(words_text(project.domains)), real(watch.good), real(watch.bad),
                                    real(watch.threshold), real(watch.rate)});
}

std::int64_t SqlRecords::add_guideline(ProjectId project, std::string_view markdown, Timestamp now) {
  return connection_.number(insert_guideline, {key(project), text(markdown), moment(now)});
}

std::vector<GuidelineVersion> SqlRecords::guidelines(ProjectId project) {
  return connection_.all(select_guidelines, {key(project)}, [project](const Row& row) {
    return GuidelineVersion{.project = project,
                            .version = row.integer(0),
                            .markdown = row.text(1),
                            .created_at = moment_at(row, 2)};
  });
}

std::int64_t SqlRecords::add_rubric(const RubricVersion& rubric) {
  rubric_added_ = true;
  return connection_.number(insert_rubric, {key(rubric.project), text(dimensions_text(rubric.dimensions)),
                                            moment(rubric.created_at), text(criteria_text(rubric.criteria))});
}

std::vector<RubricVersion> SqlRecords::rubrics(ProjectId project) {
  return connection_.all(select_rubrics, {key(project)}, rubric_from);
}

std::optional<RubricVersion> SqlRecords::rubric(ProjectId project, std::int64_t version) {
  if (auto known = memory_.rubrics.find(project, version)) return known;
  auto found = connection_.first(select_rubric, {key(project), integer(version)}, rubric_from);
  if (found && !rubric_added_) memory_.rubrics.keep(*found);
  return found;
}

void SqlRecords::put_role(ProjectId project, PersonId person, Role role) {
  connection_.run(upsert_role, {key(project), key(person), code(role)});
}

std::optional<Membership> SqlRecords::membership(ProjectId project, PersonId person) {
  return connection_.first(select_membership, {key(project), key(person)}, membership_from);
}

std::optional<Membership> SqlRecords::lock_membership(ProjectId project, PersonId person) {
  return connection_.first(lock_membership_row, {key(project), key(person)}, membership_from);
}

std::optional<Membership> SqlRecords::lock_membership_for(TaskId task, PersonId person) {
  return connection_.first(lock_membership_of_task, {key(task), key(person)}, membership_from);
}

void SqlRecords::lock_members(ProjectId id) { connection_.run(lock_member_rows, {key(id)}); }

void SqlRecords::update_membership(const Membership& member) {
  connection_.post(update_membership_row,
                   {key(member.project), key(member.person), flag(member.paused), text(member.pause_reason),
                    real(member.watch), integer(member.handed), integer(member.judgments),
                    integer(member.golds), integer(member.golds_right)});
}

std::vector<Membership> SqlRecords::members(ProjectId project) {
  return connection_.all(select_members, {key(project)}, membership_from);
}

std::vector<Membership> SqlRecords::memberships_of(PersonId person) {
  return connection_.all(select_memberships_of, {key(person)}, membership_from);
}

feedback::Fit SqlRecords::fit(ProjectId project, PersonId person) {
  return connection_
      .first(select_fit, {key(project), key(person)},
             [](const Row& row) {
               return feedback::Fit{.languages = words_from(row.text(0)),
                                    .domains = words_from(row.text(1)),
                                    .hazards = words_from(row.text(2)),
                                    .kinds = kinds_from(row.text(3))};
             })
      .value_or(feedback::Fit{});
}

void SqlRecords::put_fit(ProjectId project, PersonId person, const feedback::Fit& fit) {
  connection_.run(upsert_fit,
                  {key(project), key(person), text(words_text(fit.languages)), text(words_text(fit.domains)),
                   text(words_text(fit.hazards)), text(kinds_text(fit.kinds))});
}

}  // namespace preceptor::store
