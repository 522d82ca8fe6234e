#pragma once
// Rounds, the jobs that work for them, and what each job is asked.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct Job {
  JobId id;
  std::string kind, state;
  std::optional<RoundId> round_id;
  std::optional<PersonId> person_id;
  wire::Json params;
  double progress = 0;
  std::string message;
  wire::Json result;
  std::optional<std::string> error;
  bool cancel_requested = false;
  std::int64_t attempts = 0;
  Timestamp created_at;
  std::optional<Timestamp> started_at, ended_at;
  static void describe(wire::Description<Job>&);
};

struct LogLine {
  std::int64_t number = 0;
  Timestamp at;
  std::string text;
  static void describe(wire::Description<LogLine>&);
};

struct LogQuery {
  std::int64_t after = 0;
  static void describe(wire::Description<LogQuery>&);
};

struct JobQuery {
  std::optional<RoundId> round_id;
  std::optional<std::string> kind, state;
  std::int64_t limit = 100;
  std::optional<std::string> cursor;
  static void describe(wire::Description<JobQuery>&);
};

struct JobLog {
  std::vector<LogLine> lines;
  static void describe(wire::Description<JobLog>&);
};

struct NewRound {
  std::string name;
  static void describe(wire::Description<NewRound>&);
};

struct RoundSummary {
  RoundId id;
  std::int64_t number = 0;
  std::string name, state;
  std::optional<ModelId> model_before_id, model_after_id;
  Timestamp created_at;
  static void describe(wire::Description<RoundSummary>&);
};

struct Stage {
  std::string key, label;
  std::int64_t done = 0, total = 0;
  std::string state;
  static void describe(wire::Description<Stage>&);
};

struct SnapshotFile {
  std::string name, sha256;
  std::int64_t rows = 0, bytes = 0;
  static void describe(wire::Description<SnapshotFile>&);
};

struct Snapshot {
  SnapshotId id;
  std::optional<RoundId> round_id;
  std::string sha256, weighting;
  std::vector<SnapshotFile> files;
  wire::Json summary;
  std::int64_t judgments = 0;
  Timestamp created_at;
  static void describe(wire::Description<Snapshot>&);
};

struct Run {
  RunId id;
  std::string name, objective, state;
  std::optional<SnapshotId> snapshot_id;
  std::optional<ModelId> base_model_id, model_id;
  std::optional<RoundId> round_id;
  std::optional<JobId> job_id;
  wire::Json settings, metrics;
  Timestamp created_at;
  std::optional<Timestamp> ended_at;
  static void describe(wire::Description<Run>&);
};

struct RunStep {
  std::int64_t step = 0;
  wire::Json metrics;
  static void describe(wire::Description<RunStep>&);
};

struct RunWithSteps {
  Run run;
  std::vector<RunStep> steps;
  static void describe(wire::Description<RunWithSteps>&);
};

struct EvaluationSummary {
  EvaluationId id;
  ModelId baseline_model_id;
  std::vector<ModelId> model_ids;
  std::string state;
  Timestamp created_at;
  static void describe(wire::Description<EvaluationSummary>&);
};

struct Round {
  RoundSummary summary;
  std::vector<Stage> stages;
  std::vector<Job> jobs;
  std::vector<Snapshot> snapshots;
  std::vector<Run> runs;
  std::vector<EvaluationSummary> evaluations;
  static void describe(wire::Description<Round>&);
};

struct GenerateRequest {
  ModelId model_id;
  std::optional<std::string> split;
  std::vector<PromptId> prompt_ids;
  std::int64_t samples = 1;
  double temperature = 0.8;
  double top_p = 1;
  std::int64_t seed = 1, tokens_max = 128;
  static void describe(wire::Description<GenerateRequest>&);
};

struct SnapshotRequest {
  std::string weighting = "reliability";
  static void describe(wire::Description<SnapshotRequest>&);
};

struct TrainRequest {
  std::string objective;
  ModelId base_model_id;
  SnapshotId snapshot_id;
  std::string name;
  std::int64_t seed = 1;
  std::map<std::string, double> settings;
  bool shuffle_labels = false;
  static void describe(wire::Description<TrainRequest>&);
};

struct EvaluateRequest {
  std::vector<ModelId> model_ids;
  ModelId baseline_model_id;
  std::string split = "evaluation";
  double temperature = 0.8;
  std::int64_t seed = 1, tokens_max = 128, blind_pairs = 0;
  static void describe(wire::Description<EvaluateRequest>&);
};

}  // namespace preceptor::server::api
