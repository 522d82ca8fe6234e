#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_evidence{
    "evidence_add",
    "INSERT INTO evidence (project_id, task_id, person_id, kind, source, outcome, exit_status, output, "
    "errors, "
    "cut, milliseconds, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id"};
constexpr Statement select_evidence{
    "evidence",
    "SELECT id, project_id, task_id, person_id, kind, source, outcome, exit_status, output, errors, cut, "
    "milliseconds, created_at FROM evidence WHERE task_id = $1 AND person_id = $2 ORDER BY id"};
constexpr Statement select_evidence_of{
    "evidence_of",
    "SELECT id, project_id, task_id, person_id, kind, source, outcome, exit_status, output, errors, cut, "
    "milliseconds, created_at FROM evidence WHERE person_id = $1 ORDER BY id"};

feedback::Evidence evidence_from(const Row& row) {
  return {.id = id_at<feedback::EvidenceId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .task = id_at<TaskId>(row, 2),
          .person = id_at<PersonId>(row, 3),
          .kind = row.text(4),
          .source = row.text(5),
          .outcome = row.text(6),
          .exit_status = row.integer(7),
          .output = row.text(8),
          .errors = row.text(9),
          .cut = flag_at(row, 10),
          .milliseconds = row.integer(11),
          .created_at = moment_at(row, 12)};
}

}  // namespace

feedback::EvidenceId SqlRecords::add_evidence(const feedback::Evidence& evidence) {
  return {connection_.number(
      insert_evidence, {key(evidence.project), key(evidence.task), key(evidence.person), text(evidence.kind),
                        text(evidence.source), text(evidence.outcome), integer(evidence.exit_status),
                        text(evidence.output), text(evidence.errors), flag(evidence.cut),
                        integer(evidence.milliseconds), moment(evidence.created_at)})};
}

std::vector<feedback::Evidence> SqlRecords::evidence(TaskId task, PersonId person) {
  return connection_.all(select_evidence, {key(task), key(person)}, evidence_from);
}

std::vector<feedback::Evidence> SqlRecords::evidence_of(PersonId person) {
  return connection_.all(select_evidence_of, {key(person)}, evidence_from);
}

}  // namespace preceptor::store
