// What the loop leaves behind: rounds, snapshots, runs, models, evaluations, promotions, jobs. Plain data.
#pragma once

#include "feedback/types.hpp"

namespace preceptor::loop {

using feedback::JudgmentId;
using feedback::ModelId;
using feedback::Page;
using feedback::PersonId;
using feedback::ProjectId;
using feedback::PromptId;
using feedback::ResponseId;
using feedback::RoundId;
using feedback::TaskId;
template <class T>
using Listing = feedback::Listing<T>;

using SnapshotId = Id<struct SnapshotTag>;
using RunId = Id<struct RunTag>;
using EvaluationId = Id<struct EvaluationTag>;
using PromotionId = Id<struct PromotionTag>;
using JobId = Id<struct JobTag>;

enum class JobKind { generate, train, evaluate, snapshot, import_data, export_data };
enum class JobState { queued, running, done, failed, cancelled };
enum class RoundState { open, closed };
enum class RunState { running, done, failed, cancelled };
enum class EvaluationState { generating, judging, done, failed };
enum class Objective { pretrain, sft, reward, dpo, imported };
enum class Better { higher, lower, none };

// Names as in JSON and in the database ("import" and "export" for the two kinds of jobs).
std::string_view name_of(JobKind);
std::string_view name_of(JobState);
std::string_view name_of(RoundState);
std::string_view name_of(RunState);
std::string_view name_of(EvaluationState);
std::string_view name_of(Objective);
std::string_view name_of(Better);
std::optional<JobKind> job_kind(std::string_view);
std::optional<JobState> job_state(std::string_view);
std::optional<RoundState> round_state(std::string_view);
std::optional<RunState> run_state(std::string_view);
std::optional<EvaluationState> evaluation_state(std::string_view);
std::optional<Objective> objective(std::string_view);
std::optional<Better> better(std::string_view);

struct Round {
  RoundId id;
  ProjectId project;
  std::int64_t number = 0;  // 1, 2, … within the project
  std::string name;
  RoundState state = RoundState::open;
  ModelId model_before;
  ModelId model_after;
  Timestamp created_at;
};

struct SnapshotFile {
  std::string name;    // "preferences.jsonl"
  std::string sha256;  // of its blob
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
};
struct Snapshot {  // immutable
  SnapshotId id;
  ProjectId project;
  RoundId round;
  std::string sha256;  // of manifest.json, which names the files and their hashes
  std::string weighting;
  std::vector<SnapshotFile> files;
  std::string summary = "{}";  // JSON: counts, what was left out and why
  std::int64_t judgment_count = 0;
  Timestamp created_at;
};

struct Run {
  RunId id;
  ProjectId project;
  RoundId round;
  JobId job;
  Objective objective = Objective::sft;
  ModelId base_model;
  SnapshotId snapshot;
  ModelId model;  // what it made, once done
  std::string name;
  std::string settings = "{}";  // JSON, complete: the run can be repeated from it
  std::string metrics = "{}";   // JSON, the last values
  RunState state = RunState::running;
  Timestamp created_at;
  Timestamp ended_at;
};
struct RunStep {
  std::int64_t step = 0;
  std::string metrics;  // JSON
};

struct Model {  // immutable
  ModelId id;
  ProjectId project;
  std::string name;
  ModelId parent;
  RunId run;
  Objective objective = Objective::imported;
  std::string sha256;           // over model.safetensors
  std::string files = "[]";     // JSON [{name, sha256, bytes}], blobs
  std::int64_t parameters = 0;  // how many weights
  Timestamp created_at;
};

struct EvaluationColumn {
  std::string key;
  std::string label;
  Better better = Better::higher;
  std::string unit;
  std::string source;  // who measured: "experts", "program", …
};
struct Evaluation {
  EvaluationId id;
  ProjectId project;
  RoundId round;
  JobId job;
  ModelId baseline_model;
  std::vector<ModelId> models;  // baseline among them, in the order of the rows
  std::string settings = "{}";  // JSON
  EvaluationState state = EvaluationState::generating;
  std::vector<EvaluationColumn> columns;
  Timestamp created_at;
};
struct EvaluationAnswer {
  EvaluationId evaluation;
  PromptId prompt;
  ModelId model;
  ResponseId response;
};
struct EvaluationPair {  // a blind comparison of the baseline with another model
  EvaluationId evaluation;
  TaskId task;
  ModelId model;
};
struct MetricValue {
  EvaluationId evaluation;
  ResponseId response;
  std::string metric;  // key of a column
  double value = 0;
};

struct Promotion {  // immutable
  PromotionId id;
  ProjectId project;
  ModelId model;
  ModelId previous_model;
  EvaluationId evaluation;
  PersonId person;
  std::string note;
  Timestamp created_at;
};

struct Job {
  JobId id;
  ProjectId project;
  RoundId round;
  PersonId person;  // who asked for it
  JobKind kind = JobKind::generate;
  std::string params = "{}";  // JSON
  JobState state = JobState::queued;
  double progress = 0;  // 0 … 1
  std::string message;
  std::string result = "{}";  // JSON
  std::string error;
  bool cancel_requested = false;
  std::int64_t attempts = 0;
  std::string worker;  // who holds it
  Timestamp lease_expires_at;
  Timestamp created_at;
  Timestamp started_at;
  Timestamp ended_at;
};
struct JobLogLine {
  std::int64_t number = 0;
  Timestamp at;
  std::string text;
};

}  // namespace preceptor::loop
