#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_job{
    "job_add",
    "INSERT INTO job (project_id, round_id, person_id, kind, params, state, progress, message, result, "
    "error, "
    "cancel_requested, attempts, worker, lease_expires_at, created_at, started_at, ended_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id"};
constexpr Statement select_job{
    "job",
    "SELECT id, project_id, round_id, person_id, kind, params, state, progress, message, result, error, "
    "cancel_requested, attempts, worker, lease_expires_at, created_at, started_at, ended_at FROM job WHERE "
    "id = $1"};
constexpr Statement select_jobs{
    "jobs",
    "SELECT id, project_id, round_id, person_id, kind, params, state, progress, message, result, error, "
    "cancel_requested, attempts, worker, lease_expires_at, created_at, started_at, ended_at FROM job "
    "WHERE project_id = $1 AND (CAST($2 AS bigint) = 0 OR round_id = $2) AND (CAST($3 AS bigint) = -1 OR "
    "kind = $3) "
    "AND state IN ($4, $5, $6, $7, $8) AND (CAST($9 AS bigint) = 0 OR id < $9) ORDER BY id DESC LIMIT $10"};
constexpr Statement claim_job_row{
    "job_claim",
    "UPDATE job SET state = 1, worker = $1, lease_expires_at = $3, attempts = attempts + 1, "
    "started_at = CASE WHEN started_at = 0 THEN $2 ELSE started_at END "
    "WHERE id = (SELECT id FROM job WHERE state < 2 AND (state = 0 OR lease_expires_at < $2) ORDER BY id "
    "LIMIT 1) "
    "RETURNING id, project_id, round_id, person_id, kind, params, state, progress, message, result, error, "
    "cancel_requested, attempts, worker, lease_expires_at, created_at, started_at, ended_at",
    "UPDATE job SET state = 1, worker = $1, lease_expires_at = $3, attempts = attempts + 1, "
    "started_at = CASE WHEN started_at = 0 THEN $2 ELSE started_at END "
    "WHERE id = (SELECT id FROM job WHERE state < 2 AND (state = 0 OR lease_expires_at < $2) ORDER BY id "
    "LIMIT 1 "
    "FOR UPDATE SKIP LOCKED) "
    "RETURNING id, project_id, round_id, person_id, kind, params, state, progress, message, result, error, "
    "cancel_requested, attempts, worker, lease_expires_at, created_at, started_at, ended_at"};
constexpr Statement heartbeat{"job_heartbeat",
                              "UPDATE job SET progress = $3, message = $4, lease_expires_at = $5 WHERE id = "
                              "$1 AND worker = $2 AND state = 1"};
constexpr Statement update_job_row{
    "job_update",
    "UPDATE job SET state = $2, progress = $3, message = $4, result = $5, error = $6, cancel_requested = $7, "
    "attempts = $8, worker = $9, lease_expires_at = $10, started_at = $11, ended_at = $12, params = $13 "
    "WHERE id = $1"};
constexpr Statement cancel_job{
    "job_cancel",
    "UPDATE job SET cancel_requested = 1, ended_at = CASE WHEN state = 0 THEN $2 ELSE ended_at END, "
    "message = CASE WHEN state = 0 THEN 'cancelled before it began' ELSE message END, "
    "state = CASE WHEN state = 0 THEN 4 ELSE state END WHERE id = $1 AND state < 2"};
constexpr Statement insert_log{"job_log_add", "INSERT INTO job_log (job_id, at, text) VALUES ($1, $2, $3)"};
constexpr Statement select_log{
    "job_log", "SELECT id, at, text FROM job_log WHERE job_id = $1 AND id > $2 ORDER BY id LIMIT $3"};

Job job_from(const Row& row) {
  return {.id = id_at<JobId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .round = id_at<RoundId>(row, 2),
          .person = id_at<PersonId>(row, 3),
          .kind = code_at<loop::JobKind>(row, 4),
          .params = row.text(5),
          .state = code_at<loop::JobState>(row, 6),
          .progress = row.real(7),
          .message = row.text(8),
          .result = row.text(9),
          .error = row.text(10),
          .cancel_requested = flag_at(row, 11),
          .attempts = row.integer(12),
          .worker = row.text(13),
          .lease_expires_at = moment_at(row, 14),
          .created_at = moment_at(row, 15),
          .started_at = moment_at(row, 16),
          .ended_at = moment_at(row, 17)};
}

// The n-th state asked for; without any, every state.
Value state_at(const std::vector<loop::JobState>& states, std::size_t n) {
  if (states.empty()) return static_cast<std::int64_t>(n);
  return n < states.size() ? static_cast<std::int64_t>(states[n]) : std::int64_t{-1};
}

}  // namespace

JobId SqlRecords::add_job(const Job& job) {
  return {connection_.number(
      insert_job,
      {key(job.project), key_or_null(job.round), key_or_null(job.person), code(job.kind), text(job.params),
       code(job.state), real(job.progress), text(job.message), text(job.result), text(job.error),
       flag(job.cancel_requested), integer(job.attempts), text(job.worker), moment(job.lease_expires_at),
       moment(job.created_at), moment(job.started_at), moment(job.ended_at)})};
}

std::optional<Job> SqlRecords::job(JobId id) { return connection_.first(select_job, {key(id)}, job_from); }

Listing<Job> SqlRecords::jobs(const JobFilter& filter) {
  return listing(
      connection_.all(
          select_jobs,
          {key(filter.project), key(filter.round), code_or_any(filter.kind), state_at(filter.states, 0),
           state_at(filter.states, 1), state_at(filter.states, 2), state_at(filter.states, 3),
           state_at(filter.states, 4), integer(filter.page.after), integer(rows_for(filter.page))},
          job_from),
      filter.page, [](const Job& job) { return job.id.value; });
}

std::optional<Job> SqlRecords::claim_job(std::string_view worker, Timestamp now, Timestamp lease_expires_at) {
  return connection_.first(claim_job_row, {text(worker), moment(now), moment(lease_expires_at)}, job_from);
}

bool SqlRecords::heartbeat_job(const Job& job) {
  return connection_.run(heartbeat, {key(job.id), text(job.worker), real(job.progress), text(job.message),
                                     moment(job.lease_expires_at)}) > 0;
}

void SqlRecords::update_job(const Job& job) {
  connection_.run(update_job_row, {key(job.id), code(job.state), real(job.progress), text(job.message),
                                   text(job.result), text(job.error), flag(job.cancel_requested),
                                   integer(job.attempts), text(job.worker), moment(job.lease_expires_at),
                                   moment(job.started_at), moment(job.ended_at), text(job.params)});
}

bool SqlRecords::request_cancel(JobId id, Timestamp now) {
  return connection_.run(cancel_job, {key(id), moment(now)}) > 0;
}

void SqlRecords::add_job_log(JobId job, std::string_view line, Timestamp at) {
  connection_.run(insert_log, {key(job), moment(at), text(line)});
}

std::vector<JobLogLine> SqlRecords::job_log(JobId job, std::int64_t after_number, std::int64_t limit) {
  return connection_.all(select_log, {key(job), integer(after_number), integer(limit)}, [](const Row& row) {
    return JobLogLine{.number = row.integer(0), .at = moment_at(row, 1), .text = row.text(2)};
  });
}

}  // namespace preceptor::store
