#include <chrono>

#include "base/format.hpp"
#include "base/random.hpp"
#include "cli/bench/benches.hpp"
#include "cli/bench/limits.hpp"
#include "cli/command.hpp"
#include "learning/dpo.hpp"
#include "learning/reward_model.hpp"

namespace preceptor::cli {
namespace {

constexpr std::size_t batch_pairs = 8;
constexpr int warm_up_steps = 1;

std::vector<learning::PreferenceExample> pairs_of(const BenchOptions& options) {
  return bench_pairs(bench_config(options.shape),
                     batch_pairs * static_cast<std::size_t>(options.runs + warm_up_steps));
}

learning::TrainingOptions training_of(const BenchOptions& options) {
  learning::TrainingOptions training;
  training.batch_examples = batch_pairs;
  training.steps = options.runs + warm_up_steps;
  training.learning_rate = 1e-5F;
  training.threads = options.threads;
  training.order = learning::ExampleOrder::as_given;
  return training;
}

// Pairs a second of each step, from the end of one to the end of the next.
class StepTimer {
public:
  StepTimer(BenchRow& row, const BenchOptions& options) : row_(&row), options_(&options) {}
  void operator()(const learning::StepReport&) {
    const auto now = std::chrono::steady_clock::now();
    if (++steps_ > warm_up_steps) {
      row_->values.push_back(batch_pairs / std::chrono::duration<double>(now - last_).count());
    }
    const bool another = steps_ >= warm_up_steps && steps_ < warm_up_steps + options_->runs;
    if (another) options_->before_run();
    last_ = std::chrono::steady_clock::now();
  }

private:
  BenchRow* row_;
  const BenchOptions* options_;
  int steps_ = 0;
  std::chrono::steady_clock::time_point last_;
};

// The products of one pair: its prompt once, then each answer.
PassWork pair_work(const BenchOptions& options) {
  const auto pairs = pairs_of(options);
  PassWork all;
  for (const learning::PreferenceExample& pair : pairs) {
    const auto prompt = static_cast<std::int64_t>(pair.prompt.size());
    all.rows += prompt;
    all.visible += AttentionWork::causal(prompt).visible;
    for (const auto* answer : {&pair.chosen, &pair.rejected}) {
      const auto length = static_cast<std::int64_t>(answer->size());
      all.rows += length;
      all.head_rows += length;
      all.visible += AttentionWork::causal(length, prompt).visible;
    }
  }
  const auto count = static_cast<std::int64_t>(pairs.size());
  constexpr auto batch = static_cast<std::int64_t>(batch_pairs);
  return {all.rows * batch / count, all.head_rows * batch / count,
          all.visible * batch / static_cast<double>(count)};
}

constexpr const char* limit_kind = "the step's matrix products in oneDNN, each prompt once";

BenchRow dpo(const BenchOptions& options) {
  engine::Parameters parameters = bench_parameters(options.shape);
  BenchRow row{.work = format("DPO of {}, {} pairs a step, cached reference", options.shape, batch_pairs),
               .unit = "pairs/s",
               .limit_kind = limit_kind};
  learning::TrainingHooks hooks;
  hooks.on_step = StepTimer(row, options);
  or_throw(learning::dpo(parameters, pairs_of(options), {}, training_of(options), hooks));
  return row;
}

double dpo_limit(const BenchOptions& options) {
  const double seconds = gemm_seconds(bench_config(options.shape), pair_work(options),
                                      Pass::forward_and_backward, options.threads);
  return batch_pairs / seconds;
}

BenchRow reward(const BenchOptions& options) {
  Random random(2);
  engine::Parameters parameters = learning::reward_model_from(bench_parameters(options.shape), random);
  BenchRow row{.work = format("reward model on {}, {} pairs a step", options.shape, batch_pairs),
               .unit = "pairs/s",
               .limit_kind = limit_kind};
  learning::TrainingHooks hooks;
  hooks.on_step = StepTimer(row, options);
  or_throw(learning::train_reward(parameters, pairs_of(options), {}, training_of(options), hooks));
  return row;
}

double reward_limit(const BenchOptions& options) {
  PassWork work = pair_work(options);
  work.head_rows = 0;
  return batch_pairs /
         gemm_seconds(bench_config(options.shape), work, Pass::forward_and_backward, options.threads);
}

}  // namespace

std::vector<Bench> preference_benches() {
  return {{"dpo", "dpo", dpo, dpo_limit}, {"reward", "reward", reward, reward_limit}};
}

}  // namespace preceptor::cli
