#include "loop/access.hpp"

#include "base/format.hpp"

namespace preceptor::loop {
namespace {

template <class Row>
Result<Row> checked(Records& records, const Actor& actor, std::optional<Row> row, Right right,
                    std::string_view what, std::int64_t id) {
  const auto missing = [&] {
    return refuse(ErrorKind::not_found, fmt::format("There is no {} {}.", what, id));
  };
  if (!row) return missing();
  const auto member = feedback::require(records, actor, row->project, right);
  if (!member) {
    if (member.error().kind == ErrorKind::not_found) return missing();
    return tl::unexpected(member.error());
  }
  return *std::move(row);
}

template <class Row>
Result<Row> same_project(std::optional<Row> row, ProjectId project, std::string_view what, std::int64_t id) {
  if (!row || row->project != project)
    return refuse(ErrorKind::not_found, fmt::format("There is no {} {} in this project.", what, id));
  return *std::move(row);
}

}  // namespace

Result<Round> round_for(Records& records, const Actor& actor, RoundId id, Right right) {
  return checked(records, actor, records.round(id), right, "round", id.value);
}
Result<Model> model_for(Records& records, const Actor& actor, ModelId id, Right right) {
  return checked(records, actor, records.model(id), right, "model", id.value);
}
Result<Evaluation> evaluation_for(Records& records, const Actor& actor, EvaluationId id, Right right) {
  return checked(records, actor, records.evaluation(id), right, "evaluation", id.value);
}
Result<Job> job_for(Records& records, const Actor& actor, JobId id, Right right) {
  return checked(records, actor, records.job(id), right, "job", id.value);
}
Result<Model> model_in(Records& records, ProjectId project, ModelId id) {
  return same_project(records.model(id), project, "model", id.value);
}
Result<Snapshot> snapshot_in(Records& records, ProjectId project, SnapshotId id) {
  return same_project(records.snapshot(id), project, "snapshot", id.value);
}

}  // namespace preceptor::loop
