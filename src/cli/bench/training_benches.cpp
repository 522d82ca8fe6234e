#include <chrono>

#include "base/format.hpp"
#include "base/random.hpp"
#include "cli/bench/benches.hpp"
#include "cli/bench/limits.hpp"
#include "cli/command.hpp"
#include "learning/sft.hpp"

namespace preceptor::cli {
namespace {

constexpr std::int32_t dense_length = 1024;
constexpr std::size_t dense_batch = 2;
constexpr std::int64_t mixed_batch_tokens = 4096;
constexpr int warm_up_steps = 2;

constexpr std::int32_t adapter_rank = 16;

// Tokens a second of each step of sft, warm-up left out.
BenchRow train_steps(const BenchOptions& options, const engine::Trainee& trainee,
                     const std::vector<learning::TokenExample>& examples,
                     learning::TrainingOptions training) {
  training.steps = options.runs + warm_up_steps;
  training.learning_rate = 1e-4F;
  training.threads = options.threads;
  training.order = learning::ExampleOrder::as_given;
  BenchRow row{.unit = "tokens/s"};
  learning::TrainingHooks hooks;
  hooks.on_step = [&](const learning::StepReport& step) {
    if (step.step > warm_up_steps) row.values.push_back(step.tokens_per_second);
    if (step.step >= warm_up_steps && step.step < training.steps) options.before_run();
  };
  or_throw(learning::sft(trainee, examples, training, hooks));
  return row;
}

BenchRow fine_tune(const BenchOptions& options, const std::vector<learning::TokenExample>& examples,
                   const learning::TrainingOptions& training) {
  engine::Parameters parameters = bench_parameters(options.shape);
  return train_steps(options, parameters, examples, training);
}

// The same batch through an adapter: one sequence at a time, so that half the activations stand in memory.
BenchRow adapter(const BenchOptions& options) {
  engine::FrozenWeights base(bench_config(options.shape), engine::FrozenType::bf16);
  Random random(1);
  std::vector<float> values;
  for (std::size_t i = 0; i < base.list().size(); ++i) {
    values.resize(base.list()[i].count);
    const bool gain = base.list()[i].role == engine::ParameterRole::gain;
    for (float& value : values) value = gain ? 1.0F : static_cast<float>(0.02 * random.normal());
    base.set(i, values);
  }
  std::vector<float>().swap(values);
  auto learned = or_throw(engine::LoraParameters::make(base.config(), {.rank = adapter_rank, .alpha = 32}));
  learned.initialise(random);
  const std::vector<std::int32_t> lengths(
      dense_batch * static_cast<std::size_t>(options.runs + warm_up_steps), dense_length);
  learning::TrainingOptions training;
  training.batch_examples = dense_batch;
  training.microbatch_tokens = dense_length;
  BenchRow row = train_steps(options, {base, learned}, bench_documents(base.config(), lengths), training);
  row.work = format("LoRA of rank {} on every matrix of {}, base in bf16, {} × {} tokens a step",
                    adapter_rank, options.shape, dense_batch, dense_length);
  row.limit_kind = "the step's matrix products of the frozen weights in oneDNN";
  return row;
}

double adapter_limit(const BenchOptions& options) {
  const PassWork work{.rows = dense_length,
                      .head_rows = dense_length - 1,
                      .visible = AttentionWork::causal(dense_length).visible};
  return dense_length /
         gemm_seconds(bench_config(options.shape), work, Pass::forward_and_backward_frozen, options.threads);
}

std::vector<std::int32_t> mixed_lengths() { return bench_lengths(256, 180, 0.8); }

BenchRow dense(const BenchOptions& options) {
  const std::vector<std::int32_t> lengths(
      dense_batch * static_cast<std::size_t>(options.runs + warm_up_steps), dense_length);
  learning::TrainingOptions training;
  training.batch_examples = dense_batch;
  BenchRow row = fine_tune(options, bench_documents(bench_config(options.shape), lengths), training);
  row.work =
      format("full fine-tuning of {}, {} × {} tokens a step", options.shape, dense_batch, dense_length);
  row.limit_kind = "the step's matrix products in oneDNN";
  return row;
}

double dense_limit(const BenchOptions& options) {
  constexpr std::int64_t rows = dense_batch * dense_length;
  const PassWork work{.rows = rows,
                      .head_rows = rows - static_cast<std::int64_t>(dense_batch),
                      .visible = dense_batch * AttentionWork::causal(dense_length).visible};
  const engine::ModelConfig config = bench_config(options.shape);
  return rows / gemm_seconds(config, work, Pass::forward_and_backward, options.threads);
}

BenchRow mixed(const BenchOptions& options) {
  learning::TrainingOptions training;
  training.batch_tokens = mixed_batch_tokens;
  BenchRow row = fine_tune(options, bench_documents(bench_config(options.shape), mixed_lengths()), training);
  row.work = format("SFT of {} on lengths of median 180, at most 1,024, {} tokens a step", options.shape,
                    mixed_batch_tokens);
  row.limit_kind = "the step's matrix products in oneDNN";
  return row;
}

double mixed_limit(const BenchOptions& options) {
  PassWork work;
  for (const std::int32_t length : mixed_lengths()) {
    work.rows += length;
    work.head_rows += length - 1;
    work.visible += AttentionWork::causal(length).visible;
  }
  const double share = static_cast<double>(mixed_batch_tokens) / static_cast<double>(work.rows);
  const PassWork step{.rows = mixed_batch_tokens,
                      .head_rows = static_cast<std::int64_t>(share * static_cast<double>(work.head_rows)),
                      .visible = share * work.visible};
  return mixed_batch_tokens /
         gemm_seconds(bench_config(options.shape), step, Pass::forward_and_backward, options.threads);
}

}  // namespace

std::vector<Bench> training_benches() {
  return {{"train", "train_full", dense, dense_limit},
          {"train", "train_lora", adapter, adapter_limit},
          {"train", "train_sft_mix", mixed, mixed_limit}};
}

}  // namespace preceptor::cli
