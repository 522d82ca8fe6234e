#pragma once
// Models, what they are measured by, who promoted them, and where they come from.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/api/content.hpp"
#include "server/api/rounds.hpp"

namespace preceptor::server::api {

struct Model {
  ModelId id;
  std::string name;
  ProjectId project_id;
  std::optional<ModelId> parent_id;
  std::optional<RunId> run_id;
  std::string sha256;
  std::string objective;
  std::int64_t parameters = 0;
  Timestamp created_at;
  bool current = false;
  static void describe(wire::Description<Model>&);
};

struct NewColumn {
  std::string key, label, better, unit;
  static void describe(wire::Description<NewColumn>&);
};

struct NewPromotion {
  ModelId model_id;
  std::optional<EvaluationId> evaluation_id;
  std::string note;
  static void describe(wire::Description<NewPromotion>&);
};

struct Promotion {
  PromotionId id;
  ModelId model_id;
  std::string model_name;
  std::optional<ModelId> replaced_model_id;
  std::optional<EvaluationId> evaluation_id;
  PersonId person_id;
  std::string person_name, note;
  Timestamp created_at;
  static void describe(wire::Description<Promotion>&);
};

struct Column {
  std::string key, label, better, unit, source;
  static void describe(wire::Description<Column>&);
};

struct Cell {
  double value = 0;
  std::optional<double> low, high;
  std::int64_t n = 0;
  static void describe(wire::Description<Cell>&);
};

struct EvaluationRow {
  ModelId model_id;
  std::string name;
  std::map<std::string, Cell> cells;
  static void describe(wire::Description<EvaluationRow>&);
};

struct NamedModel {
  ModelId id;
  std::string name;
  static void describe(wire::Description<NamedModel>&);
};

struct Evaluation {
  EvaluationId id;
  RoundId round_id;
  ModelId baseline_model_id;
  std::vector<NamedModel> models;
  std::string state;
  std::vector<Column> columns;
  std::vector<EvaluationRow> rows;
  std::string verdict_source;
  std::int64_t blind_wanted = 0, blind_done = 0;
  Timestamp created_at;
  static void describe(wire::Description<Evaluation>&);
};

struct TranscriptQuery {
  std::optional<ModelId> model_id;
  std::string change = "all";
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
  static void describe(wire::Description<TranscriptQuery>&);
};

struct TranscriptAnswer {
  ResponseId response_id;
  ModelId model_id;
  std::string name, text;
  std::map<std::string, double> metrics;
  static void describe(wire::Description<TranscriptAnswer>&);
};

struct Transcript {
  Prompt prompt;
  std::vector<TranscriptAnswer> answers;
  static void describe(wire::Description<Transcript>&);
};

struct MetricValue {
  ResponseId response_id;
  std::string metric;
  double value = 0;
  static void describe(wire::Description<MetricValue>&);
};

struct NewMetrics {
  std::string source;
  std::vector<NewColumn> columns;
  std::vector<MetricValue> items;
  static void describe(wire::Description<NewMetrics>&);
};

struct Accepted {
  std::int64_t accepted = 0;
  static void describe(wire::Description<Accepted>&);
};

struct Contributor {
  std::string pseudonym;
  std::int64_t judgments = 0;
  static void describe(wire::Description<Contributor>&);
};

struct LineageStep {
  Model model;
  std::optional<Run> run;
  std::optional<Snapshot> snapshot;
  std::int64_t judgments = 0;
  std::vector<JudgmentId> judgments_sample;
  std::vector<Contributor> people;
  std::vector<std::int64_t> guideline_versions;
  static void describe(wire::Description<LineageStep>&);
};

// The model first, then its parent, and so on to the one that was imported.
struct Lineage {
  std::vector<LineageStep> steps;
  static void describe(wire::Description<Lineage>&);
};

struct JudgmentLineage {
  JudgmentId judgment_id;
  TaskId task_id;
  std::string kind;
  std::vector<Snapshot> snapshots;
  std::vector<Model> models;
  static void describe(wire::Description<JudgmentLineage>&);
};

struct ChatRequest {
  std::vector<Message> messages;
  double temperature = 0.8;
  std::int64_t tokens_max = 256, seed = 1;
  static void describe(wire::Description<ChatRequest>&);
};

// The data of each event of a chat's stream; `delta` until the last, which says how it ended.
struct ChatEvent {
  std::optional<std::string> delta;
  bool done = false;
  std::optional<std::string> finish, error;
  std::optional<std::int64_t> tokens;
  static void describe(wire::Description<ChatEvent>&);
};

}  // namespace preceptor::server::api
