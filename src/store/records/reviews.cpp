#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement upsert_standing{
    "standing_put",
    "INSERT INTO standing (judgment_id, project_id, person_id, state, counts, task_id, decided_by_id, note, "
    "at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (judgment_id) DO UPDATE SET "
    "state = excluded.state, counts = excluded.counts, task_id = excluded.task_id, "
    "decided_by_id = excluded.decided_by_id, note = excluded.note, at = excluded.at"};
constexpr Statement select_standing{
    "standing",
    "SELECT judgment_id, project_id, person_id, state, counts, task_id, decided_by_id, note, at "
    "FROM standing WHERE judgment_id = $1"};
// What a later judgment superseded is done with.
constexpr Statement select_standings{
    "standings",
    "SELECT judgment_id, project_id, person_id, state, counts, task_id, decided_by_id, note, at "
    "FROM standing WHERE project_id = $1 AND (CAST($2 AS bigint) = 0 OR person_id = $2) "
    "AND (CAST($3 AS bigint) = -1 OR state = $3) AND judgment_id > $4 "
    "AND (state = 2 OR NOT EXISTS (SELECT 1 FROM judgment later "
    "WHERE later.supersedes_id = standing.judgment_id)) ORDER BY judgment_id LIMIT $5"};
constexpr Statement select_standings_of{
    "standings_of",
    "SELECT judgment_id, project_id, person_id, state, counts, task_id, decided_by_id, note, at "
    "FROM standing WHERE person_id = $2 AND project_id = $1 "
    "AND (CAST($3 AS bigint) = -1 OR state = $3) AND judgment_id > $4 "
    "AND (state = 2 OR NOT EXISTS (SELECT 1 FROM judgment later "
    "WHERE later.supersedes_id = standing.judgment_id)) ORDER BY judgment_id LIMIT $5"};

feedback::Standing standing_from(const Row& row) {
  return {.judgment = id_at<JudgmentId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .person = id_at<PersonId>(row, 2),
          .state = code_at<feedback::StandingState>(row, 3),
          .counts = flag_at(row, 4),
          .task = id_at<TaskId>(row, 5),
          .decided_by = id_at<JudgmentId>(row, 6),
          .note = row.text(7),
          .at = moment_at(row, 8)};
}

}  // namespace

void SqlRecords::put_standing(const feedback::Standing& standing) {
  connection_.run(upsert_standing,
                  {key(standing.judgment), key(standing.project), key(standing.person), code(standing.state),
                   flag(standing.counts), key_or_null(standing.task), key_or_null(standing.decided_by),
                   text(standing.note), moment(standing.at)});
}

std::optional<feedback::Standing> SqlRecords::standing(JudgmentId judgment) {
  return connection_.first(select_standing, {key(judgment)}, standing_from);
}

Listing<feedback::Standing> SqlRecords::standings(const feedback::StandingFilter& wanted) {
  return listing(connection_.all(wanted.person ? select_standings_of : select_standings,
                                 {key(wanted.project), key(wanted.person), code_or_any(wanted.state),
                                  integer(wanted.page.after), integer(rows_for(wanted.page))},
                                 standing_from),
                 wanted.page, [](const feedback::Standing& standing) { return standing.judgment.value; });
}

}  // namespace preceptor::store
