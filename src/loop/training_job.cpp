#include <functional>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "learning/dpo.hpp"
#include "learning/evaluation.hpp"
#include "learning/reward_model.hpp"
#include "learning/sft.hpp"
#include "loop/access.hpp"
#include "loop/job_context.hpp"
#include "loop/job_params.hpp"
#include "loop/ledger.hpp"
#include "loop/model_files.hpp"
#include "loop/run_options.hpp"
#include "loop/step_log.hpp"
#include "loop/train_settings.hpp"
#include "loop/training_data.hpp"
#include "quality/estimate.hpp"

namespace preceptor::loop {
namespace {

using nlohmann::json;

constexpr std::int64_t checkpoint_every_steps = 100;

struct Plan {
  TrainRequest request;
  Model base;
  Snapshot snapshot;
  Run run;
  std::map<std::string, double> settings;
};

Result<Plan> plan_of(const JobContext& context) {
  const auto request = train_params(context.job.params);
  if (!request) return tl::unexpected(request.error());
  return write(context.storage, [&](Records& records) -> Result<Plan> {
    const auto base = model_in(records, context.job.project, request->base_model);
    if (!base) return tl::unexpected(base.error());
    const auto snapshot = snapshot_in(records, context.job.project, request->snapshot);
    if (!snapshot) return tl::unexpected(snapshot.error());
    const auto settings = complete_settings(request->objective, request->settings, base->parameters);
    if (!settings) return tl::unexpected(settings.error());
    Plan plan{*request, *base, *snapshot, {}, *settings};
    if (auto before = records.run_of_job(context.job.id)) {  // taken up again
      plan.run = *std::move(before);
      plan.run.state = RunState::running;
      records.update_run(plan.run);
      return plan;
    }
    json stated = json(*settings);
    stated["seed"] = request->seed;
    stated["shuffle_labels"] = request->shuffle_labels;
    plan.run.project = context.job.project;
    plan.run.round = context.job.round;
    plan.run.job = context.job.id;
    plan.run.objective = request->objective;
    plan.run.base_model = request->base_model;
    plan.run.snapshot = request->snapshot;
    plan.run.name = request->name;
    plan.run.settings = stated.dump();
    plan.run.created_at = context.clock.now();
    plan.run.id = records.add_run(plan.run);
    return plan;
  });
}

learning::TrainingOptions options_of(const Plan& plan, const JobContext& context) {
  return training_options(plan.settings, plan.request.seed, context.threads);
}

struct Trained {
  engine::Parameters parameters;
  json metrics;
};

// The placebo: which of the two answers was preferred is drawn by lot, everything else is as it was.
void shuffle_labels(std::vector<learning::PreferenceExample>& examples, std::uint64_t seed) {
  Random random = Random(seed).fork("placebo");
  for (learning::PreferenceExample& example : examples)
    if (random.below(2) == 1) std::swap(example.chosen, example.rejected);
}

json summary_of(const learning::TrainingReport& report, std::int64_t too_long) {
  json metrics = report.history.empty() ? json::object() : json::parse(step_metrics(report.history.back()));
  metrics["steps"] = report.steps;
  metrics["examples"] = report.examples;
  metrics["left_out_too_long"] = too_long;
  metrics["fingerprint"] = report.fingerprint;
  return metrics;
}

using ReadWeights = std::function<Result<engine::Parameters>()>;

// The weights as the plan wants them trained, and the whole trained model once `train` has gone through.
template <class Train>
Result<Trained> train_weights(const Plan& plan, engine::Parameters start, const ReadWeights& start_again,
                              const Train& train) {
  auto weights =
      learning::RunWeights::make(std::move(start), adaptation_of(plan.settings), plan.request.seed);
  if (!weights) return tl::unexpected(weights.error());
  auto metrics = train(weights->trainee());
  if (!metrics) return tl::unexpected(metrics.error());
  auto parameters = std::move(*weights).finished(start_again);
  if (!parameters) return tl::unexpected(parameters.error());
  return Trained{*std::move(parameters), *std::move(metrics)};
}

Result<Trained> train_sft(const Plan& plan, const JobContext& context, engine::LoadedModel& model,
                          const ReadWeights& read, const learning::TrainingHooks& hooks) {
  const auto data = demonstrations_of(context.workspace, plan.snapshot, model);
  if (!data) return tl::unexpected(data.error());
  return train_weights(plan, std::move(model.parameters), read, [&](const engine::Trainee& trainee) {
    return learning::sft(trainee, data->examples, options_of(plan, context), hooks)
        .map([&](const learning::TrainingReport& report) { return summary_of(report, data->too_long); });
  });
}

Result<Trained> train_dpo(const Plan& plan, const JobContext& context, engine::LoadedModel& model,
                          const ReadWeights& read, const learning::TrainingHooks& hooks) {
  auto data = preferences_of(context.workspace, plan.snapshot, model);
  if (!data) return tl::unexpected(data.error());
  if (plan.request.shuffle_labels) shuffle_labels(data->examples, plan.request.seed);
  const learning::DpoOptions dpo{.beta = plan.settings.at("beta"),
                                 .label_smoothing = plan.settings.at("label_smoothing")};
  return train_weights(plan, std::move(model.parameters), read, [&](const engine::Trainee& trainee) {
    return learning::dpo(trainee, data->examples, dpo, options_of(plan, context), hooks)
        .map([&](const learning::TrainingReport& report) { return summary_of(report, data->too_long); });
  });
}

struct HeldOut {
  std::vector<learning::PreferenceExample> train;
  std::vector<learning::PreferenceExample> test;
  std::vector<std::int64_t> test_prompts;
};

// By prompt, so that no prompt stands on both sides.
HeldOut hold_out(PreferenceData data, double share, std::uint64_t seed) {
  HeldOut parts;
  for (std::size_t i = 0; i < data.examples.size(); ++i) {
    Random random = Random(seed).fork(fmt::format("held out/{}", data.prompts[i]));
    if (random.uniform() >= share) {
      parts.train.push_back(std::move(data.examples[i]));
      continue;
    }
    parts.test.push_back(std::move(data.examples[i]));
    parts.test_prompts.push_back(data.prompts[i]);
  }
  return parts;
}

json estimate_json(const quality::Estimate& e) {
  return {{"value", e.value}, {"low", e.low}, {"high", e.high}, {"n", e.n}};
}

// Accuracy on the pairs that were held out; nothing without such.
Result<void> measure_held_out(json& metrics, const engine::Trainee& trainee, const HeldOut& parts,
                              const JobContext& context) {
  if (parts.test.empty()) return {};
  const auto scores = learning::pair_scores(trainee, parts.test, {.threads = context.threads});
  if (!scores) return tl::unexpected(scores.error());
  std::vector<quality::Observation> right;
  for (std::size_t i = 0; i < scores->size(); ++i) {
    right.push_back({parts.test_prompts[i], (*scores)[i].right()});
  }
  metrics["held_out_accuracy"] = estimate_json(quality::clustered_mean(right, {0, 1}));
  metrics["held_out_pairs"] = parts.test.size();
  return {};
}

Result<Trained> train_reward(const Plan& plan, const JobContext& context, engine::LoadedModel& model,
                             const ReadWeights& read, const learning::TrainingHooks& hooks) {
  auto data = preferences_of(context.workspace, plan.snapshot, model);
  if (!data) return tl::unexpected(data.error());
  const std::int64_t too_long = data->too_long;
  HeldOut parts = hold_out(*std::move(data), plan.settings.at("held_out"), plan.request.seed);
  // The held-out pairs keep their labels: a placebo is measured like everything else.
  if (plan.request.shuffle_labels) shuffle_labels(parts.train, plan.request.seed);
  const auto with_head = [&](const engine::Parameters& language_model) {
    Random random = Random(plan.request.seed).fork("reward head");
    return learning::reward_model_from(language_model, random);
  };
  const learning::RewardOptions reward{.centring = plan.settings.at("centring")};
  return train_weights(
      plan, with_head(model.parameters), [&] { return read().map(with_head); },
      [&](const engine::Trainee& trainee) -> Result<json> {
        const auto report =
            learning::train_reward(trainee, parts.train, reward, options_of(plan, context), hooks);
        if (!report) return tl::unexpected(report.error());
        json metrics = summary_of(*report, too_long);
        if (auto measured = measure_held_out(metrics, trainee, parts, context); !measured) {
          return tl::unexpected(measured.error());
        }
        return metrics;
      });
}

Result<Trained> train_with(const Plan& plan, const JobContext& context, engine::LoadedModel& model,
                           const ReadWeights& read, const learning::TrainingHooks& hooks) {
  switch (plan.request.objective) {
    case Objective::sft: return train_sft(plan, context, model, read, hooks);
    case Objective::reward: return train_reward(plan, context, model, read, hooks);
    case Objective::dpo: return train_dpo(plan, context, model, read, hooks);
    case Objective::pretrain:
    case Objective::imported: break;
  }
  return refuse(ErrorKind::unsupported,
                fmt::format("Rounds do not train with {}.", name_of(plan.request.objective)));
}

Result<Trained> train(const Plan& plan, const JobContext& context, engine::LoadedModel& model,
                      const ReadWeights& read) {
  StepLog steps(context, plan.run.id, checkpoint_every_steps);
  const learning::TrainingHooks hooks{
      .on_step = [&](const learning::StepReport& report) { steps.add(report); },
      .stop = context.stop,
      .checkpoint_folder = context.workspace.job_folder(context.job.id) / "checkpoint",
      .checkpoint_every_steps = checkpoint_every_steps,
  };
  try {
    auto trained = train_with(plan, context, model, read, hooks);
    steps.flush();
    return trained;
  } catch (...) {
    steps.flush_if_possible();  // what broke the training is told, not what that leads to
    throw;
  }
}

}  // namespace

Result<JobEnd> run_training(const JobContext& context) {
  const auto plan = plan_of(context);
  if (!plan) return tl::unexpected(plan.error());
  const auto folder = context.workspace.model_folder(plan->base);
  if (!folder) return tl::unexpected(folder.error());
  auto model = engine::load_model(*folder);
  if (!model) return tl::unexpected(model.error());
  std::filesystem::create_directories(context.workspace.job_folder(context.job.id));
  context.progress(0, "Reading the snapshot");
  const ReadWeights read = [&] { return engine::load_parameters(*folder); };
  auto trained = train(*plan, context, *model, read);
  if (!trained) return tl::unexpected(trained.error());

  context.progress(1, "Storing the model");
  const auto target = context.workspace.job_folder(context.job.id) / "model";
  engine::SaveOptions save;
  save.determinism = engine::determinism_here(engine::Precision::bf16, context.threads);
  engine::save_model(target, trained->parameters, model->files, save);
  const std::vector<ModelFile> files = store_model_files(context.workspace.blobs(), target);

  return JobEnd([plan = *plan, files, metrics = trained->metrics, context,
                 count = static_cast<std::int64_t>(trained->parameters.count())](Records& records) {
    const Timestamp now = context.clock.now();
    Model made;
    made.project = plan.run.project;
    made.name = plan.request.name;
    made.parent = plan.base.id;
    made.run = plan.run.id;
    made.objective = plan.request.objective;
    made.sha256 = weights_hash(files);
    made.files = model_files_to_json(files);
    made.parameters = count;
    made.created_at = now;
    made.id = enter(records, made, Current::stays, context.job.person);
    Run run = plan.run;
    run.model = made.id;
    run.metrics = metrics.dump();
    run.state = RunState::done;
    run.ended_at = now;
    finish(records, run, context.job.person);
    return json{{"model_id", made.id.value}, {"sha256", made.sha256}, {"metrics", metrics}};
  });
}

}  // namespace preceptor::loop
