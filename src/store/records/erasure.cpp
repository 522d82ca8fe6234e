#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_tombstones{
    "tombstones_add",
    "INSERT INTO tombstone (snapshot_id, person_id, judgments, created_at) "
    "SELECT snapshot_judgment.snapshot_id, $1, count(*), $2 FROM judgment "
    "JOIN snapshot_judgment ON snapshot_judgment.judgment_id = judgment.id WHERE judgment.person_id = $1 "
    "GROUP BY snapshot_judgment.snapshot_id ON CONFLICT (snapshot_id, person_id) DO NOTHING",
    "INSERT INTO tombstone (snapshot_id, person_id, judgments, created_at) "
    "SELECT snapshot_judgment.snapshot_id, $1::bigint, count(*), $2::bigint FROM judgment "
    "JOIN snapshot_judgment ON snapshot_judgment.judgment_id = judgment.id "
    "WHERE judgment.person_id = $1::bigint GROUP BY snapshot_judgment.snapshot_id "
    "ON CONFLICT (snapshot_id, person_id) DO NOTHING"};
constexpr Statement select_tombstones{
    "tombstones",
    "SELECT tombstone.snapshot_id, count(*), sum(tombstone.judgments) FROM tombstone "
    "JOIN snapshot ON snapshot.id = tombstone.snapshot_id WHERE snapshot.project_id = $1 "
    "GROUP BY tombstone.snapshot_id ORDER BY tombstone.snapshot_id",
    "SELECT tombstone.snapshot_id, count(*), sum(tombstone.judgments)::bigint FROM tombstone "
    "JOIN snapshot ON snapshot.id = tombstone.snapshot_id WHERE snapshot.project_id = $1 "
    "GROUP BY tombstone.snapshot_id ORDER BY tombstone.snapshot_id"};

}  // namespace

std::int64_t SqlRecords::add_tombstones(PersonId person, Timestamp at) {
  return connection_.run(insert_tombstones, {key(person), moment(at)});
}

std::vector<loop::Tombstone> SqlRecords::tombstones(ProjectId project) {
  return connection_.all(select_tombstones, {key(project)}, [](const Row& row) {
    return loop::Tombstone{
        .snapshot = id_at<SnapshotId>(row, 0), .people = row.integer(1), .judgments = row.integer(2)};
  });
}

}  // namespace preceptor::store
