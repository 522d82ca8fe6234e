// What the loop needs from a database, on top of what judging needs: see feedback/records.hpp for the
// conventions.
#pragma once

#include "feedback/records.hpp"
#include "loop/types.hpp"

namespace preceptor::loop {

struct JobFilter {
  ProjectId project;
  RoundId round;
  std::optional<JobKind> kind;
  std::vector<JobState> states;  // none: all
  Page page;                     // newest first: `after` is the id to go below; 0: from the newest
};

struct BlindCounts {  // judgments of an evaluation's blind comparisons
  std::int64_t wanted = 0, done = 0;
};
struct RoundCounts {
  std::int64_t prompts = 0;    // with a response or a task of the round
  std::int64_t responses = 0;  // recorded for the round
};

struct RoundRecords {
  virtual ~RoundRecords() = default;
  virtual RoundId add_round(const Round&) = 0;  // number is given by the store: the project's next
  virtual std::optional<Round> round(RoundId) = 0;
  virtual std::vector<Round> rounds(ProjectId) = 0;
  virtual void update_round(const Round&) = 0;  // name, state, models
  virtual RoundCounts round_counts(RoundId) = 0;

  virtual SnapshotId add_snapshot(const Snapshot&, std::span<const JudgmentId>) = 0;
  virtual std::optional<Snapshot> snapshot(SnapshotId) = 0;
  virtual std::vector<Snapshot> snapshots(ProjectId, RoundId) = 0;  // round none: of all rounds
  virtual std::vector<JudgmentId> snapshot_judgments(SnapshotId) = 0;
  virtual std::vector<SnapshotId> snapshots_with(JudgmentId) = 0;

  virtual RunId add_run(const Run&) = 0;
  virtual std::optional<Run> run(RunId) = 0;
  virtual std::optional<Run> run_of_job(JobId) = 0;
  virtual std::vector<Run> runs(ProjectId, RoundId) = 0;  // round none: of all rounds
  virtual std::vector<Run> runs_on(SnapshotId) = 0;
  virtual void update_run(const Run&) = 0;  // model, metrics, state, ended_at
  virtual void put_run_step(RunId, const RunStep&) = 0;
  virtual std::vector<RunStep> run_steps(RunId) = 0;
};

struct ModelRecords {
  virtual ~ModelRecords() = default;
  virtual ModelId add_model(const Model&) = 0;
  virtual std::optional<Model> model(ModelId) = 0;
  virtual std::optional<Model> model_with_hash(ProjectId, std::string_view sha256) = 0;  // the oldest one
  virtual std::vector<Model> models(ProjectId) = 0;
  virtual std::vector<Model> children_of(ModelId) = 0;
  virtual PromotionId add_promotion(const Promotion&) = 0;
  virtual std::vector<Promotion> promotions(ProjectId) = 0;  // newest first
};

struct EvaluationRecords {
  virtual ~EvaluationRecords() = default;
  virtual EvaluationId add_evaluation(const Evaluation&) = 0;
  virtual std::optional<Evaluation> evaluation(EvaluationId) = 0;
  virtual std::optional<Evaluation> evaluation_of_job(JobId) = 0;
  virtual std::vector<Evaluation> evaluations(ProjectId, RoundId) = 0;  // round none: of all rounds
  virtual void update_evaluation(const Evaluation&) = 0;                // state, columns, settings
  virtual void add_evaluation_answer(const EvaluationAnswer&) = 0;
  virtual std::vector<EvaluationAnswer> evaluation_answers(
      EvaluationId) = 0;  // by prompt, then model, response
  virtual void add_evaluation_pair(const EvaluationPair&) = 0;
  virtual std::vector<EvaluationPair> evaluation_pairs(EvaluationId) = 0;  // by task
  virtual BlindCounts blind_counts(EvaluationId) = 0;
  virtual void put_metric_value(const MetricValue&) = 0;             // a value sent again replaces
  virtual std::vector<MetricValue> metric_values(EvaluationId) = 0;  // by metric, then response
};

struct JobRecords {
  virtual ~JobRecords() = default;
  virtual JobId add_job(const Job&) = 0;
  virtual std::optional<Job> job(JobId) = 0;
  virtual Listing<Job> jobs(const JobFilter&) = 0;
  // The oldest job that is queued, or running with an expired lease: now running, held by `worker`, attempts
  // + 1.
  virtual std::optional<Job> claim_job(std::string_view worker, Timestamp now,
                                       Timestamp lease_expires_at) = 0;
  // Progress, message and lease of a running job; false when `worker` no longer holds it.
  virtual bool heartbeat_job(const Job&) = 0;
  virtual void update_job(const Job&) = 0;  // everything but the identity
  // Takes effect at once on a queued job; a running one is told by cancel_requested. False when it has ended.
  virtual bool request_cancel(JobId, Timestamp now) = 0;
  virtual void add_job_log(JobId, std::string_view text, Timestamp) = 0;
  virtual std::vector<JobLogLine> job_log(JobId, std::int64_t after_number, std::int64_t limit) = 0;
};

// What is under way now, for those who watch the server.
struct WorkUnderWay {
  std::int64_t leases = 0;  // tasks in people's hands
  std::int64_t jobs_waiting = 0, jobs_running = 0;
  std::int64_t events_unsealed = 0;
};
struct WatchRecords {
  virtual ~WatchRecords() = default;
  virtual WorkUnderWay work_under_way() = 0;
};

struct Records : feedback::Records, RoundRecords, ModelRecords, EvaluationRecords, JobRecords, WatchRecords {
  ~Records() override = default;
};

}  // namespace preceptor::loop
