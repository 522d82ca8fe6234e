#include "learning/training_run.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/format.hpp"
#include "base/memory.hpp"
#include "engine/model/training_memory.hpp"
#include "learning/batch_order.hpp"
#include "learning/fingerprint.hpp"
#include "learning/packing.hpp"
#include "learning/run_cursor.hpp"

namespace preceptor::learning {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::vector<std::int64_t> unit_tokens(const Objective& objective) {
  std::vector<std::int64_t> tokens(objective.unit_count());
  for (std::size_t unit = 0; unit < tokens.size(); ++unit) tokens[unit] = objective.tokens(unit);
  return tokens;
}

class Run {
public:
  Run(const engine::Trainee& trainee, Objective& objective, const TrainingOptions& options,
      const TrainingHooks& hooks)
      : trainee_(trainee),
        objective_(objective),
        options_(options),
        hooks_(hooks),
        network_(trainee.network(
            {.precision = options.precision, .threads = options.threads, .recompute = options.recompute})),
        optimiser_(trainee.learned(), options.optimiser),
        order_(unit_tokens(objective), options),
        schedule_{.shape = options.schedule,
                  .learning_rate_max = options.learning_rate,
                  .warmup_steps = options.warmup_steps,
                  .total_steps = order_.steps_total(),
                  .learning_rate_min = options.learning_rate_min} {}

  Result<TrainingReport> train() {
    report_.steps = schedule_.total_steps;
    report_.examples = static_cast<std::int64_t>(objective_.unit_count());
    for (std::size_t unit = 0; unit < objective_.unit_count(); ++unit) {
      report_.tokens_per_epoch += objective_.tokens(unit);
    }
    report_.fingerprint = fingerprint(trainee_, objective_, options_);
    objective_.prepare(network_);
    if (auto resumed = resume(); !resumed) return tl::unexpected(resumed.error());
    for (std::int64_t step = report_.resumed_from_step; step < schedule_.total_steps; ++step) {
      if (hooks_.stop.stop_requested()) return stopped(step);
      report_.history.push_back(take_step(step));
      if (hooks_.on_step) hooks_.on_step(report_.history.back());
      const std::int64_t every = hooks_.checkpoint_every_steps;
      const bool last = step + 1 == schedule_.total_steps;
      if (every > 0 && (step + 1) % every == 0 && !last) save(step + 1);
    }
    return std::move(report_);
  }

private:
  StepReport take_step(std::int64_t step) {
    const auto begin = SteadyClock::now();
    const std::vector<std::size_t> batch = order_.next();
    const auto tokens_of = [&](std::size_t unit) { return objective_.tokens(unit); };
    double batch_weight = 0;
    std::int64_t batch_tokens = 0;
    for (const std::size_t unit : batch) {
      batch_weight += objective_.weight(unit);
      batch_tokens += objective_.tokens(unit);
    }
    network_.zero_gradients();
    BatchTotals totals;
    for (const auto part : microbatches(batch, tokens_of, options_.microbatch_tokens)) {
      objective_.accumulate(network_, part, batch_weight, totals);
    }
    objective_.finish(totals);
    const float learning_rate = schedule_.at(step);
    const float norm = optimiser_.step(trainee_.learned(), network_.gradients(), learning_rate);
    if (!std::isfinite(totals.loss) || !std::isfinite(norm)) {
      throw Failure(
          ErrorKind::internal,
          format("training broke down at step {}: loss {}, gradient norm {}", step + 1, totals.loss, norm),
          "use a smaller learning rate or a longer warm-up");
    }
    network_.weights_changed();
    const std::chrono::duration<double> taken = SteadyClock::now() - begin;
    return {.step = step + 1,
            .steps_total = schedule_.total_steps,
            .loss = totals.loss,
            .learning_rate = learning_rate,
            .gradient_norm = norm,
            .tokens_per_second = static_cast<double>(batch_tokens) / std::max(taken.count(), 1e-9),
            .metrics = std::move(totals.metrics)};
  }

  Result<void> resume() {
    if (hooks_.checkpoint_folder.empty() || !std::filesystem::exists(hooks_.checkpoint_folder)) return {};
    const auto cursor = load_run(hooks_.checkpoint_folder, report_.fingerprint, trainee_, optimiser_);
    if (!cursor) return tl::unexpected(cursor.error());
    order_.go_to(cursor->position);
    report_.resumed_from_step = cursor->step;
    report_.history = cursor->history;
    network_.weights_changed();
    return {};
  }

  void save(std::int64_t step) const {
    save_run(hooks_.checkpoint_folder, trainee_, optimiser_,
             {step, order_.position(), report_.fingerprint, report_.history});
  }

  Result<TrainingReport> stopped(std::int64_t step) const {
    if (hooks_.checkpoint_folder.empty()) {
      return refuse(ErrorKind::cancelled, format("training was stopped after {} steps", step));
    }
    save(step);
    return refuse(ErrorKind::cancelled, format("training was stopped after {} steps", step),
                  "start it again to go on from there");
  }

  engine::Trainee trainee_;
  Objective& objective_;
  TrainingOptions options_;
  TrainingHooks hooks_;
  engine::Network network_;
  engine::AdamW optimiser_;
  BatchOrder order_;
  engine::Schedule schedule_;
  TrainingReport report_;
};

// Tokens of the largest micro-batch that can come.
std::int64_t rows_max(const Objective& objective, const TrainingOptions& options) {
  std::int64_t longest = 0;
  std::int64_t all = 0;
  for (std::size_t unit = 0; unit < objective.unit_count(); ++unit) {
    longest = std::max(longest, objective.tokens(unit));
    all += objective.tokens(unit);
  }
  const std::int64_t batch =
      std::min(all, options.batch_tokens > 0 ? options.batch_tokens : options.batch_examples * longest);
  return std::max(longest, std::min(options.microbatch_tokens, batch));
}

std::string megabytes(std::size_t bytes) { return format("{:.0f} MB", static_cast<double>(bytes) / 1e6); }

Result<void> check_memory(const engine::Trainee& trainee, const Objective& objective,
                          const TrainingOptions& options) {
  const auto available = options.memory_bytes_max > 0
                             ? std::optional(static_cast<std::size_t>(options.memory_bytes_max))
                             : available_memory_bytes();
  const std::int64_t rows = rows_max(objective, options);
  const engine::TrainingMemory needed =
      engine::training_memory(trainee, {.precision = options.precision, .recompute = options.recompute},
                              static_cast<std::size_t>(rows));
  if (!available || needed.total() <= *available) return {};
  return refuse(
      ErrorKind::too_large,
      format("the training needs {} beside the weights, and {} are left: {} for gradients and "
             "moments, {} for packed weights, {} for the activations of {} tokens, {} for logits",
             megabytes(needed.total()), megabytes(*available), megabytes(needed.gradients_and_moments),
             megabytes(needed.packed_weights), megabytes(needed.activations), rows, megabytes(needed.logits)),
      "Fewer microbatch_tokens or recompute take fewer activations, an adapter (lora_rank) takes "
      "fewer gradients and moments; or close other programs.");
}

}  // namespace

Result<void> check(const TrainingOptions& options) {
  const auto wrong = [](std::string message) { return refuse(ErrorKind::invalid, std::move(message)); };
  if (!(options.learning_rate > 0) || !std::isfinite(options.learning_rate)) {
    return wrong("the learning rate should be above 0");
  }
  if (!(options.learning_rate_min >= 0 && options.learning_rate_min <= options.learning_rate)) {
    return wrong("the lowest learning rate should lie between 0 and the highest");
  }
  if (options.warmup_steps < 0) return wrong("the warm-up should not be negative");
  if (options.steps < 0 || (options.steps == 0 && options.epochs < 1)) {
    return wrong("there should be at least one step or epoch");
  }
  if (options.batch_tokens < 0 || (options.batch_tokens == 0 && options.batch_examples < 1)) {
    return wrong("a batch should hold at least one example");
  }
  if (options.microbatch_tokens < 1) return wrong("a micro-batch should hold at least one token");
  return {};
}

Result<TrainingReport> run_training(const engine::Trainee& trainee, Objective& objective,
                                    const TrainingOptions& options, const TrainingHooks& hooks,
                                    std::int64_t examples_left_out) {
  if (auto good = check(options); !good) return tl::unexpected(good.error());
  if (hooks.checkpoint_every_steps > 0 && hooks.checkpoint_folder.empty()) {
    return refuse(ErrorKind::invalid, "checkpoints are asked for without a folder for them");
  }
  if (objective.unit_count() == 0) {
    return refuse(
        ErrorKind::invalid, "there is nothing to learn from",
        format("{} examples were left out: of weight 0, or without a token to learn", examples_left_out));
  }
  if (auto fits = check_memory(trainee, objective, options); !fits) return tl::unexpected(fits.error());
  auto report = Run(trainee, objective, options, hooks).train();
  if (report) report->examples_left_out = examples_left_out;
  return report;
}

}  // namespace preceptor::learning
