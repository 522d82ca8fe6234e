// Rounds and the jobs they ask for.
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

namespace preceptor::server {

namespace {

using feedback::ProjectId;
using feedback::Right;
using feedback::RoundId;
using wire::List;
using wire::Nothing;

Result<List<api::RoundSummary>> list_rounds(Call& call, loop::Records& records, const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  return loop::list_rounds(records, call.actor(), call.id<ProjectId>(0), *asked).map([&](const auto& found) {
    return paged_list(call, found);
  });
}

Result<api::RoundSummary> start_round(Call& call, loop::Records& records, const api::NewRound& input) {
  return loop::start_round(records, call.actor(), call.id<ProjectId>(0), input.name, call.clock())
      .map([](const auto& round) { return to_api(round); });
}

Result<api::Round> show_round(Call& call, loop::Records& records, const Nothing&) {
  return loop::show_round(records, call.actor(), call.id<RoundId>(0)).map([](const auto& view) {
    return to_api(view);
  });
}

Result<api::RunWithSteps> show_run(Call& call, loop::Records& records, const Nothing&) {
  auto view = loop::show_run(records, call.actor(), call.id<loop::RunId>(0));
  if (!view) return tl::unexpected(view.error());
  api::RunWithSteps out{to_api(view->run), {}};
  for (const auto& step : view->steps) out.steps.push_back({step.step, {step.metrics}});
  return out;
}

Result<api::Job> generate(Call& call, loop::Records& records, const api::GenerateRequest& input) {
  loop::GenerateRequest request;
  request.model = input.model_id;
  if (input.split) request.split = word<feedback::Split>(*input.split);
  request.prompts = input.prompt_ids;
  request.samples = input.samples;
  request.temperature = input.temperature;
  request.top_p = input.top_p;
  request.tokens_max = input.tokens_max;
  request.seed = static_cast<std::uint64_t>(input.seed);
  return loop::request_generation(records, call.actor(), call.id<RoundId>(0), request, call.clock())
      .map([](const auto& job) { return to_api(job); });
}

Result<api::Job> take_snapshot(Call& call, loop::Records& records, const api::SnapshotRequest& input) {
  return loop::request_snapshot(records, call.actor(), call.id<RoundId>(0), {input.weighting}, call.clock())
      .map([](const auto& job) { return to_api(job); });
}

Result<api::Job> train(Call& call, loop::Records& records, const api::TrainRequest& input) {
  loop::TrainRequest request;
  const auto objective = loop::objective(input.objective);
  if (!objective) return refuse(ErrorKind::invalid, "This objective is not known", {}, "/objective");
  request.objective = *objective;
  request.base_model = input.base_model_id;
  request.snapshot = input.snapshot_id;
  request.name = input.name;
  request.seed = static_cast<std::uint64_t>(input.seed);
  request.settings = input.settings;
  request.shuffle_labels = input.shuffle_labels;
  return loop::request_training(records, call.actor(), call.id<RoundId>(0), request, call.clock())
      .map([](const auto& job) { return to_api(job); });
}

Result<api::Job> evaluate(Call& call, loop::Records& records, const api::EvaluateRequest& input) {
  loop::EvaluateRequest request;
  request.baseline = input.baseline_model_id;
  request.models = input.model_ids;
  request.split = word<feedback::Split>(input.split);
  request.temperature = input.temperature;
  request.tokens_max = input.tokens_max;
  request.seed = static_cast<std::uint64_t>(input.seed);
  request.blind_pairs = input.blind_pairs;
  return loop::request_evaluation(records, call.actor(), call.id<RoundId>(0), request, call.clock())
      .map([](const auto& job) { return to_api(job); });
}

}  // namespace

std::vector<Route> round_routes() {
  const auto topic = "rounds";
  const auto see = Access::member(Right::see_results);
  const auto act = Access::member(Right::run_rounds);
  return {
      read({.method = "GET",
            .path = "/projects/{project}/rounds",
            .operation = "listRounds",
            .summary = "Rounds of the project",
            .topic = topic,
            .access = see},
           list_rounds),
      write({.method = "POST",
             .path = "/projects/{project}/rounds",
             .operation = "startRound",
             .summary = "Starts a round from the current model",
             .topic = topic,
             .access = act,
             .errors = {ErrorKind::conflict}},
            start_round),
      read({.method = "GET",
            .path = "/rounds/{round}",
            .operation = "showRound",
            .summary = "A round with its stages, jobs, snapshots, runs and evaluations",
            .topic = topic,
            .access = see},
           show_round),
      write({.method = "POST",
             .path = "/rounds/{round}/generate",
             .operation = "generateResponses",
             .summary = "A model answers prompts",
             .topic = topic,
             .access = act,
             .errors = {ErrorKind::conflict}},
            generate),
      write({.method = "POST",
             .path = "/rounds/{round}/snapshot",
             .operation = "takeSnapshot",
             .summary = "Freezes the judgments as training data",
             .topic = topic,
             .access = act,
             .errors = {ErrorKind::conflict}},
            take_snapshot),
      write({.method = "POST",
             .path = "/rounds/{round}/train",
             .operation = "trainModel",
             .summary = "Trains a model on a snapshot",
             .topic = topic,
             .access = act,
             .errors = {ErrorKind::conflict}},
            train),
      write({.method = "POST",
             .path = "/rounds/{round}/evaluate",
             .operation = "evaluateModels",
             .summary = "Compares models with a baseline, blind",
             .topic = topic,
             .access = act,
             .errors = {ErrorKind::conflict}},
            evaluate),
      read({.method = "GET",
            .path = "/runs/{run}",
            .operation = "showRun",
            .summary = "A training run with the metrics of its steps",
            .topic = topic,
            .access = see},
           show_run),
  };
}

}  // namespace preceptor::server
