#include "store/filling.hpp"

#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_judgments{
    "judgments_fill",
    "INSERT INTO judgment (project_id, task_id, kind, slot_id, person_id, payload, seconds_active, counted, "
    "gold_right, supersedes_id, idempotency_key, round_id, purpose, gold, guideline_version, rubric_version, "
    "created_at) SELECT task.project_id, task.id, task.kind, NULL, membership.person_id, $4, 9, 1, NULL, "
    "NULL, "
    "'filled-' || task.id, task.round_id, task.purpose, 0, task.guideline_version, task.rubric_version, $5 "
    "FROM task CROSS JOIN membership WHERE task.project_id = $1 AND task.id BETWEEN $2 AND $3 "
    "AND membership.project_id = $1 AND membership.role = 0"};
constexpr Statement count_filled{
    "judgments_fill_count",
    "UPDATE membership SET judgments = judgments + (SELECT count(*) FROM task WHERE project_id = $1 "
    "AND id BETWEEN $2 AND $3) WHERE project_id = $1 AND role = 0"};

}  // namespace

std::int64_t SqlRecords::fill_judgments(const Filling& filling) {
  connection_.run(count_filled, {key(filling.project), key(filling.first), key(filling.last)});
  return connection_.run(insert_judgments, {key(filling.project), key(filling.first), key(filling.last),
                                            text(filling.payload), moment(filling.at)});
}

}  // namespace preceptor::store
