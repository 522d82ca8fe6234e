// Jobs: asked for by people, run by workers, watched by pages. What each kind of job is told stands here; the
// running is in worker.hpp. All functions check the actor's rights.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"
#include "loop/records.hpp"

namespace preceptor::loop {

using feedback::Actor;

struct GenerateRequest {  // answers of a model to prompts of the round's project, recorded for the round
  ModelId model;
  std::optional<feedback::Split> split;  // all prompts of the split…
  std::vector<PromptId> prompts;         // …or these
  std::int64_t samples = 1;              // per prompt, 1 … 64
  double temperature = 0.8;
  double top_p = 1.0;
  std::int64_t tokens_max = 128;
  std::uint64_t seed = 1;
};

struct SnapshotRequest {
  std::string weighting = "reliability";  // or "none": every counted vote is worth the same
};

struct TrainRequest {
  Objective objective = Objective::sft;  // sft, reward or dpo
  ModelId base_model;
  SnapshotId snapshot;
  std::string name;
  std::uint64_t seed = 1;
  // By name; what is missing has the objective's default. learning_rate, steps, epochs, batch_examples,
  // warmup_steps, beta, label_smoothing, centring, weight_decay. An unknown name is refused.
  std::map<std::string, double> settings;
  bool shuffle_labels = false;  // the placebo: which answer was preferred is drawn by lot
};

struct EvaluateRequest {
  ModelId baseline;
  std::vector<ModelId> models;  // besides the baseline
  feedback::Split split = feedback::Split::evaluation;
  double temperature = 0.8;
  std::int64_t tokens_max = 128;
  std::uint64_t seed = 1;
  std::int64_t blind_pairs = 0;  // compare tasks per model against the baseline, for people
};

// Each writes one queued job. Refusals: not_found for foreign ids, invalid for values out of range.
Result<Job> request_generation(Records&, const Actor&, RoundId, const GenerateRequest&, const Clock&);
Result<Job> request_snapshot(Records&, const Actor&, RoundId, const SnapshotRequest&, const Clock&);
Result<Job> request_training(Records&, const Actor&, RoundId, const TrainRequest&, const Clock&);
Result<Job> request_evaluation(Records&, const Actor&, RoundId, const EvaluateRequest&, const Clock&);

Result<Job> show_job(Records&, const Actor&, JobId);
Result<Listing<Job>> list_jobs(Records&, const Actor&, const JobFilter&);
Result<std::vector<JobLogLine>> show_job_log(Records&, const Actor&, JobId, std::int64_t after_number);
Result<Job> cancel_job(Records&, const Actor&, JobId, const Clock&);
// A failed or cancelled job runs again, from its last checkpoint where it has one.
Result<Job> resume_job(Records&, const Actor&, JobId, const Clock&);

}  // namespace preceptor::loop
