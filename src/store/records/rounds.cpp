#include "store/json_columns.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_round{"round_add",
                                 "INSERT INTO round (project_id, number, name, state, model_before_id, "
                                 "model_after_id, created_at) VALUES ($1, "
                                 "(SELECT coalesce(max(number), 0) + 1 FROM round WHERE project_id = $1), "
                                 "$2, $3, $4, $5, $6) RETURNING id"};
constexpr Statement select_round{
    "round",
    "SELECT id, project_id, number, name, state, model_before_id, model_after_id, created_at FROM round "
    "WHERE id = $1"};
constexpr Statement select_rounds{
    "rounds",
    "SELECT id, project_id, number, name, state, model_before_id, model_after_id, created_at FROM round "
    "WHERE project_id = $1 ORDER BY number"};
constexpr Statement update_round_row{
    "round_update",
    "UPDATE round SET name = $2, state = $3, model_before_id = $4, model_after_id = $5 WHERE id = $1"};
constexpr Statement count_round{
    "round_counts",
    "SELECT (SELECT count(*) FROM (SELECT prompt_id FROM response WHERE round_id = $1 "
    "UNION SELECT prompt_id FROM task WHERE round_id = $1) AS seen), "
    "(SELECT count(*) FROM response WHERE round_id = $1)"};

constexpr Statement insert_snapshot{"snapshot_add",
                                    "INSERT INTO snapshot (project_id, round_id, sha256, weighting, files, "
                                    "summary, judgment_count, created_at) "
                                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id"};
constexpr Statement insert_snapshot_judgment{
    "snapshot_judgment_add", "INSERT INTO snapshot_judgment (snapshot_id, judgment_id) VALUES ($1, $2)"};
constexpr Statement select_snapshot{"snapshot",
                                    "SELECT id, project_id, round_id, sha256, weighting, files, summary, "
                                    "judgment_count, created_at FROM snapshot "
                                    "WHERE id = $1"};
constexpr Statement select_snapshots{
    "snapshots",
    "SELECT id, project_id, round_id, sha256, weighting, files, summary, judgment_count, created_at FROM "
    "snapshot "
    "WHERE project_id = $1 AND (CAST($2 AS bigint) = 0 OR round_id = $2) ORDER BY id"};
constexpr Statement select_snapshot_judgments{
    "snapshot_judgments",
    "SELECT judgment_id FROM snapshot_judgment WHERE snapshot_id = $1 ORDER BY judgment_id"};
constexpr Statement select_snapshots_with{
    "snapshots_with",
    "SELECT snapshot_id FROM snapshot_judgment WHERE judgment_id = $1 ORDER BY snapshot_id"};

Round round_from(const Row& row) {
  return {.id = id_at<RoundId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .number = row.integer(2),
          .name = row.text(3),
          .state = code_at<loop::RoundState>(row, 4),
          .model_before = id_at<ModelId>(row, 5),
          .model_after = id_at<ModelId>(row, 6),
          .created_at = moment_at(row, 7)};
}

Snapshot snapshot_from(const Row& row) {
  return {.id = id_at<SnapshotId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .round = id_at<RoundId>(row, 2),
          .sha256 = row.text(3),
          .weighting = row.text(4),
          .files = files_from(row.text(5)),
          .summary = row.text(6),
          .judgment_count = row.integer(7),
          .created_at = moment_at(row, 8)};
}

}  // namespace

RoundId SqlRecords::add_round(const Round& round) {
  return {connection_.number(
      insert_round, {key(round.project), text(round.name), code(round.state), key_or_null(round.model_before),
                     key_or_null(round.model_after), moment(round.created_at)})};
}

std::optional<Round> SqlRecords::round(RoundId id) {
  return connection_.first(select_round, {key(id)}, round_from);
}

std::vector<Round> SqlRecords::rounds(ProjectId project) {
  return connection_.all(select_rounds, {key(project)}, round_from);
}

void SqlRecords::update_round(const Round& round) {
  connection_.run(update_round_row, {key(round.id), text(round.name), code(round.state),
                                     key_or_null(round.model_before), key_or_null(round.model_after)});
}

RoundCounts SqlRecords::round_counts(RoundId id) {
  return connection_
      .first(
          count_round, {key(id)},
          [](const Row& row) { return RoundCounts{.prompts = row.integer(0), .responses = row.integer(1)}; })
      .value_or(RoundCounts{});
}

SnapshotId SqlRecords::add_snapshot(const Snapshot& snapshot, std::span<const JudgmentId> judgments) {
  const SnapshotId id{connection_.number(
      insert_snapshot, {key(snapshot.project), key_or_null(snapshot.round), text(snapshot.sha256),
                        text(snapshot.weighting), text(files_text(snapshot.files)), text(snapshot.summary),
                        integer(static_cast<std::int64_t>(judgments.size())), moment(snapshot.created_at)})};
  for (JudgmentId judgment : judgments) connection_.run(insert_snapshot_judgment, {key(id), key(judgment)});
  return id;
}

std::optional<Snapshot> SqlRecords::snapshot(SnapshotId id) {
  return connection_.first(select_snapshot, {key(id)}, snapshot_from);
}

std::vector<Snapshot> SqlRecords::snapshots(ProjectId project, RoundId round) {
  return connection_.all(select_snapshots, {key(project), key(round)}, snapshot_from);
}

std::vector<JudgmentId> SqlRecords::snapshot_judgments(SnapshotId id) {
  return connection_.all(select_snapshot_judgments, {key(id)},
                         [](const Row& row) { return id_at<JudgmentId>(row, 0); });
}

std::vector<SnapshotId> SqlRecords::snapshots_with(JudgmentId judgment) {
  return connection_.all(select_snapshots_with, {key(judgment)},
                         [](const Row& row) { return id_at<SnapshotId>(row, 0); });
}

}  // namespace preceptor::store
