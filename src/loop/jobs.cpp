#include "loop/jobs.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "loop/access.hpp"
#include "loop/job_params.hpp"
#include "loop/train_settings.hpp"

namespace preceptor::loop {
namespace {

Result<Job> queue(Records& records, const Actor& actor, const Round& round, JobKind kind, std::string params,
                  const Clock& clock) {
  if (round.state == RoundState::closed)
    return refuse(ErrorKind::conflict, fmt::format("Round {} is closed.", round.number),
                  "Start a new round.");
  Job job;
  job.project = round.project;
  job.round = round.id;
  job.person = actor.person;
  job.kind = kind;
  job.params = std::move(params);
  job.message = "Waiting for a worker";
  job.created_at = clock.now();
  job.id = records.add_job(job);
  return job;
}

tl::unexpected<Error> out_of_range(std::string_view name, std::string_view range) {
  return refuse(ErrorKind::invalid, fmt::format("{} must be {}.", name, range), "", fmt::format("/{}", name));
}

Result<void> check_sampling(double temperature, double top_p, std::int64_t tokens_max) {
  if (!(temperature >= 0 && temperature <= 5)) return out_of_range("temperature", "between 0 and 5");
  if (!(top_p > 0 && top_p <= 1)) return out_of_range("top_p", "above 0 and at most 1");
  if (tokens_max < 1 || tokens_max > 100'000) return out_of_range("tokens_max", "between 1 and 100000");
  return {};
}

Result<void> check_answers_questions(Records& records, ProjectId project, ModelId id) {
  const auto model = model_in(records, project, id);
  if (!model) return tl::unexpected(model.error());
  if (model->objective == Objective::reward)
    return refuse(ErrorKind::invalid,
                  fmt::format("{} is a reward model: it scores answers and writes none.", model->name),
                  "Choose a language model.");
  return {};
}

}  // namespace

Result<Job> request_generation(Records& records, const Actor& actor, RoundId id,
                               const GenerateRequest& request, const Clock& clock) {
  const auto round = round_for(records, actor, id, Right::run_rounds);
  if (!round) return tl::unexpected(round.error());
  if (const auto model = check_answers_questions(records, round->project, request.model); !model)
    return tl::unexpected(model.error());
  if (const auto sampling = check_sampling(request.temperature, request.top_p, request.tokens_max); !sampling)
    return tl::unexpected(sampling.error());
  if (request.samples < 1 || request.samples > 64) return out_of_range("samples", "between 1 and 64");
  if (!request.split && request.prompts.empty())
    return refuse(ErrorKind::invalid, "No prompts are named.", "Give a split or a list of prompt_ids.");
  for (const PromptId prompt : request.prompts) {
    const auto found = records.prompt(prompt);
    if (!found || found->project != round->project)
      return refuse(ErrorKind::not_found,
                    fmt::format("There is no prompt {} in this project.", prompt.value));
  }
  return queue(records, actor, *round, JobKind::generate, to_params(request), clock);
}

Result<Job> request_snapshot(Records& records, const Actor& actor, RoundId id, const SnapshotRequest& request,
                             const Clock& clock) {
  const auto round = round_for(records, actor, id, Right::run_rounds);
  if (!round) return tl::unexpected(round.error());
  if (request.weighting != "reliability" && request.weighting != "none")
    return out_of_range("weighting", "\"reliability\" or \"none\"");
  return queue(records, actor, *round, JobKind::snapshot, to_params(request), clock);
}

Result<Job> request_training(Records& records, const Actor& actor, RoundId id, const TrainRequest& request,
                             const Clock& clock) {
  const auto round = round_for(records, actor, id, Right::run_rounds);
  if (!round) return tl::unexpected(round.error());
  if (const auto base = check_answers_questions(records, round->project, request.base_model); !base)
    return tl::unexpected(base.error());
  if (const auto snapshot = snapshot_in(records, round->project, request.snapshot); !snapshot)
    return tl::unexpected(snapshot.error());
  if (request.objective != Objective::sft && request.objective != Objective::reward &&
      request.objective != Objective::dpo)
    return out_of_range("objective", "sft, reward or dpo");
  if (request.name.empty() || request.name.size() > 200) return out_of_range("name", "1 to 200 bytes long");
  if (request.shuffle_labels && request.objective == Objective::sft)
    return refuse(ErrorKind::invalid, "Demonstrations have no labels to shuffle.",
                  "Leave shuffle_labels out.");
  const auto settings =
      complete_settings(request.objective, request.settings, records.model(request.base_model)->parameters);
  if (!settings) return tl::unexpected(settings.error());
  return queue(records, actor, *round, JobKind::train, to_params(request), clock);
}

Result<Job> request_evaluation(Records& records, const Actor& actor, RoundId id,
                               const EvaluateRequest& request, const Clock& clock) {
  const auto round = round_for(records, actor, id, Right::run_rounds);
  if (!round) return tl::unexpected(round.error());
  if (request.models.empty() || request.models.size() > 20)
    return out_of_range("model_ids", "a list of 1 to 20 models");
  std::vector<ModelId> all{request.baseline};
  all.insert(all.end(), request.models.begin(), request.models.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (const auto model = check_answers_questions(records, round->project, all[i]); !model)
      return tl::unexpected(model.error());
    if (std::find(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end(), all[i]) != all.end())
      return refuse(ErrorKind::invalid, "A model is named twice.",
                    "Name each model once, the baseline apart.");
  }
  if (const auto sampling = check_sampling(request.temperature, 1, request.tokens_max); !sampling)
    return tl::unexpected(sampling.error());
  if (request.blind_pairs < 0 || request.blind_pairs > 10'000)
    return out_of_range("blind_pairs", "between 0 and 10000");
  return queue(records, actor, *round, JobKind::evaluate, to_params(request), clock);
}

Result<Job> show_job(Records& records, const Actor& actor, JobId id) {
  return job_for(records, actor, id, Right::see_results);
}

Result<Listing<Job>> list_jobs(Records& records, const Actor& actor, const JobFilter& filter) {
  const auto member = feedback::require(records, actor, filter.project, Right::see_results);
  if (!member) return tl::unexpected(member.error());
  return records.jobs(filter);
}

Result<std::vector<JobLogLine>> show_job_log(Records& records, const Actor& actor, JobId id,
                                             std::int64_t after_number) {
  const auto job = job_for(records, actor, id, Right::see_results);
  if (!job) return tl::unexpected(job.error());
  return records.job_log(id, after_number, 1000);
}

Result<Job> cancel_job(Records& records, const Actor& actor, JobId id, const Clock& clock) {
  const auto job = job_for(records, actor, id, Right::run_rounds);
  if (!job) return tl::unexpected(job.error());
  if (!records.request_cancel(id, clock.now()))
    return refuse(ErrorKind::conflict,
                  fmt::format("Job {} has ended already ({}).", id.value, name_of(job->state)));
  return *records.job(id);
}

Result<Job> resume_job(Records& records, const Actor& actor, JobId id, const Clock&) {
  auto job = job_for(records, actor, id, Right::run_rounds);
  if (!job) return tl::unexpected(job.error());
  if (job->state != JobState::failed && job->state != JobState::cancelled)
    return refuse(ErrorKind::conflict, fmt::format("Job {} is {}.", id.value, name_of(job->state)),
                  "Only a failed or cancelled job can be resumed.");
  job->state = JobState::queued;
  job->message = "Waiting for a worker";
  job->error.clear();
  job->cancel_requested = false;
  job->attempts = 0;
  job->ended_at = {};
  records.update_job(*job);
  return *records.job(id);
}

}  // namespace preceptor::loop
