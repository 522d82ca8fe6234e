#include "loop/ledger.hpp"

#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "feedback/events.hpp"

namespace preceptor::loop {
namespace {

using nlohmann::json;
namespace event = feedback::event;

void record(Records& records, std::string_view kind, ProjectId project, PersonId actor, std::int64_t subject,
            const json& payload, Timestamp at) {
  feedback::record_event(records, {kind, project, actor, subject}, payload, at);
}

// Hash of the values of each metric, in order of the responses.
json metric_hashes(Records& records, EvaluationId evaluation) {
  std::map<std::string, json> values;
  for (const MetricValue& value : records.metric_values(evaluation)) {
    json& list = values.try_emplace(value.metric, json::array()).first->second;
    list.push_back({value.response.value, value.value});
  }
  json hashes = json::object();
  for (const auto& [metric, list] : values) hashes[metric] = sha256_hex(list.dump());
  return hashes;
}

std::string columns_hash(const std::vector<EvaluationColumn>& columns) {
  json list = json::array();
  for (const EvaluationColumn& column : columns)
    list.push_back({column.key, column.label, name_of(column.better), column.unit, column.source});
  return sha256_hex(list.dump());
}

}  // namespace

json remembered(const Round& round) {
  return {{"name", round.name}, {"number", round.number}, {"model_before", round.model_before.value}};
}

json remembered(const Model& model) {
  return {{"name", model.name},
          {"sha256", model.sha256},
          {"files_sha256", sha256_hex(model.files)},
          {"parent", model.parent.value},
          {"run", model.run.value},
          {"objective", name_of(model.objective)},
          {"parameters", model.parameters}};
}

json remembered(Records& records, const Snapshot& snapshot) {
  json files = json::array();
  for (const SnapshotFile& file : snapshot.files)
    files.push_back({file.name, file.sha256, file.rows, file.bytes});
  json judgments = json::array();
  for (const JudgmentId judgment : records.snapshot_judgments(snapshot.id))
    judgments.push_back(judgment.value);
  return {{"sha256", snapshot.sha256},
          {"round", snapshot.round.value},
          {"weighting", snapshot.weighting},
          {"files_sha256", sha256_hex(files.dump())},
          {"summary_sha256", sha256_hex(snapshot.summary)},
          {"judgments", snapshot.judgment_count},
          {"judgments_sha256", sha256_hex(judgments.dump())}};
}

json remembered(const Run& run) {
  return {{"name", run.name},
          {"round", run.round.value},
          {"objective", name_of(run.objective)},
          {"base_model", run.base_model.value},
          {"snapshot", run.snapshot.value},
          {"model", run.model.value},
          {"settings_sha256", sha256_hex(run.settings)},
          {"metrics_sha256", sha256_hex(run.metrics)}};
}

json remembered(Records& records, const Evaluation& evaluation) {
  json models = json::array();
  for (const ModelId model : evaluation.models) models.push_back(model.value);
  json answers = json::array();
  for (const EvaluationAnswer& answer : records.evaluation_answers(evaluation.id))
    answers.push_back({answer.prompt.value, answer.model.value, answer.response.value});
  json pairs = json::array();
  for (const EvaluationPair& pair : records.evaluation_pairs(evaluation.id))
    pairs.push_back({pair.task.value, pair.model.value});
  return {{"state", name_of(evaluation.state)},
          {"round", evaluation.round.value},
          {"baseline", evaluation.baseline_model.value},
          {"model_ids", models},
          {"settings_sha256", sha256_hex(evaluation.settings)},
          {"answers_sha256", sha256_hex(answers.dump())},
          {"pairs_sha256", sha256_hex(pairs.dump())},
          {"columns_sha256", columns_hash(evaluation.columns)},
          {"metrics", metric_hashes(records, evaluation.id)}};
}

json remembered(const Promotion& promotion) {
  return {{"model", promotion.model.value},
          {"previous", promotion.previous_model.value},
          {"evaluation", promotion.evaluation.value},
          {"person", promotion.person.value},
          {"note", promotion.note}};
}

RoundId enter(Records& records, const Round& round, PersonId actor) {
  const RoundId id = records.add_round(round);
  record(records, event::round_created, round.project, actor, id.value, remembered(*records.round(id)),
         round.created_at);
  return id;
}

ModelId enter(Records& records, const Model& model, Current current, PersonId actor) {
  const auto project = records.lock_project(model.project);
  const ModelId id = records.add_model(model);
  json payload = remembered(model);
  payload["becomes_current"] = current == Current::unless_there_is_one && project && !project->current_model;
  if (payload["becomes_current"].get<bool>()) records.set_current_model(model.project, id);
  record(records, event::model_created, model.project, actor, id.value, payload, model.created_at);
  return id;
}

SnapshotId enter(Records& records, const Snapshot& snapshot, std::span<const JudgmentId> judgments,
                 PersonId actor) {
  const SnapshotId id = records.add_snapshot(snapshot, judgments);
  record(records, event::snapshot_created, snapshot.project, actor, id.value,
         remembered(records, *records.snapshot(id)), snapshot.created_at);
  return id;
}

PromotionId enter(Records& records, const Promotion& promotion) {
  const PromotionId id = records.add_promotion(promotion);
  records.set_current_model(promotion.project, promotion.model);
  if (const auto evaluation = records.evaluation(promotion.evaluation)) {
    if (auto round = records.round(evaluation->round)) {
      round->state = RoundState::closed;
      round->model_after = promotion.model;
      records.update_round(*round);
    }
  }
  json payload = remembered(promotion);
  payload["promotion"] = id.value;
  record(records, event::model_promoted, promotion.project, promotion.person, promotion.model.value, payload,
         promotion.created_at);
  return id;
}

void finish(Records& records, const Run& run, PersonId actor) {
  records.update_run(run);
  record(records, event::run_finished, run.project, actor, run.id.value, remembered(run), run.ended_at);
}

void finish(Records& records, const Evaluation& evaluation, PersonId actor, Timestamp at) {
  records.update_evaluation(evaluation);
  record(records, event::evaluation_created, evaluation.project, actor, evaluation.id.value,
         remembered(records, evaluation), at);
}

void measured(Records& records, const Evaluation& evaluation, PersonId actor, Timestamp at) {
  records.update_evaluation(evaluation);
  record(records, event::evaluation_measured, evaluation.project, actor, evaluation.id.value,
         remembered(records, evaluation), at);
}

}  // namespace preceptor::loop
