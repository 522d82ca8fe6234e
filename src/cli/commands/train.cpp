#include <memory>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "cli/command.hpp"
#include "cli/file_training.hpp"
#include "cli/pretrain.hpp"
#include "cli/recipe.hpp"
#include "cli/signals.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

struct PretrainCommand {
  std::string recipe;
  std::string out;
  int threads = 0;

  void run(const Invocation& invocation) {
    StopOnSignal signals;
    const Recipe read = or_throw(read_recipe(recipe));
    const PretrainOutcome outcome = pretrain_from_recipe(read, out, threads, signals.token());
    if (invocation.json)
      return print_json({{"parameters", outcome.parameters},
                         {"documents", outcome.documents},
                         {"tokens", outcome.tokens},
                         {"steps", outcome.steps},
                         {"loss", outcome.loss},
                         {"seconds", outcome.seconds},
                         {"sha256", outcome.weights_sha256}});
    fmt::print("{} weights, {} tokens, {} steps, loss {:.4f}, {:.0f} s\nmodel.safetensors {}\n",
               outcome.parameters, outcome.tokens, outcome.steps, outcome.loss, outcome.seconds,
               outcome.weights_sha256);
  }
};

void add_pretrain(CLI::App& train, Invocation& invocation) {
  auto command = std::make_shared<PretrainCommand>();
  CLI::App* sub = train.add_subcommand("pretrain", "A model from nothing, by a recipe");
  sub->add_option("--recipe", command->recipe, "TOML file: corpus, tokenizer, model, training")->required();
  sub->add_option("--out", command->out, "Folder for the model")->required();
  sub->add_option("--threads", command->threads, "Threads (0: all)")->check(CLI::Range(0, 1024));
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  sub->callback([command, &invocation] { command->run(invocation); });
}

json estimate_json(const quality::Estimate& e) {
  return {{"value", e.value}, {"low", e.low}, {"high", e.high}, {"n", e.n}};
}

void report(const FileTrainingOutcome& outcome, const Invocation& invocation) {
  if (invocation.json) {
    json answer = {{"examples", outcome.examples},
                   {"examples_held_out", outcome.examples_held_out},
                   {"left_out_too_long", outcome.too_long},
                   {"steps", outcome.steps},
                   {"loss", outcome.loss},
                   {"seconds", outcome.seconds},
                   {"sha256", outcome.weights_sha256}};
    if (outcome.adapter_parameters > 0) answer["adapter_parameters"] = outcome.adapter_parameters;
    if (outcome.held_out_accuracy) answer["held_out_accuracy"] = estimate_json(*outcome.held_out_accuracy);
    if (outcome.accuracy_before) answer["held_out_accuracy_before"] = estimate_json(*outcome.accuracy_before);
    return print_json(answer);
  }
  fmt::print("{} examples ({} held out, {} left out as too long), {} steps, loss {:.4f}, {:.0f} s\n",
             outcome.examples, outcome.examples_held_out, outcome.too_long, outcome.steps, outcome.loss,
             outcome.seconds);
  const auto line = [](std::string_view when, const quality::Estimate& e) {
    fmt::print("held-out accuracy {}: {:.1f} % [{:.1f}, {:.1f}] over {} prompts\n", when, 100 * e.value,
               100 * e.low, 100 * e.high, e.n);
  };
  if (outcome.adapter_parameters > 0)
    fmt::print("{} weights of an adapter learned, the others stayed\n", outcome.adapter_parameters);
  if (outcome.accuracy_before) line("before", *outcome.accuracy_before);
  if (outcome.held_out_accuracy) line("after", *outcome.held_out_accuracy);
  if (!outcome.weights_sha256.empty()) fmt::print("model.safetensors {}\n", outcome.weights_sha256);
}

void add_objective(CLI::App& train, Invocation& invocation, loop::Objective objective, const char* name,
                   const char* about) {
  auto options = std::make_shared<FileTrainingOptions>();
  options->objective = objective;
  CLI::App* sub = train.add_subcommand(name, about);
  sub->add_option("--data", options->data,
                  "JSON lines (.jsonl, .gz, .zst): TRL shapes, hh-rlhf, Open Assistant trees")
      ->required();
  sub->add_option("--model", options->model, "Hugging Face folder to start from")->required();
  sub->add_option("--out", options->out, "Folder for the trained model");
  sub->add_option("--seed", options->seed, "Seed of order and split")->capture_default_str();
  sub->add_option("--held-out", options->held_out, "Share of the prompts kept for measuring")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  sub->add_option("--limit", options->limit, "At most so many examples (0: all)");
  sub->add_option("--set", options->settings,
                  "NAME=VALUE: learning_rate, epochs, steps, batch_examples, warmup_steps, beta, "
                  "microbatch_tokens, recompute=1, lora_rank, lora_alpha, base_bits=8, …");
  sub->add_option("--lora-targets", options->lora_targets,
                  "With lora_rank: which matrices of the layers, as q_proj,v_proj (default: all)")
      ->delimiter(',');
  sub->add_option("--threads", options->threads, "Threads (0: all)")->check(CLI::Range(0, 1024));
  sub->add_flag("--keep-good", options->keep_good,
                "Train on the good rows of a file even if more than 5 % are bad");
  sub->add_flag("--shuffle-labels", options->shuffle_labels,
                "The placebo: which answer was preferred is drawn by lot");
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  sub->callback([options, &invocation] {
    StopOnSignal signals;
    report(train_on_file(*options, signals.token()), invocation);
  });
}

}  // namespace

void add_train_command(CLI::App& app, Invocation& invocation) {
  CLI::App* train = app.add_subcommand("train", "Train a model on files");
  train->require_subcommand(1);
  add_pretrain(*train, invocation);
  add_objective(*train, invocation, loop::Objective::sft, "sft", "Supervised fine-tuning on demonstrations");
  add_objective(*train, invocation, loop::Objective::reward, "reward",
                "A reward model on preferences, with held-out accuracy");
  add_objective(*train, invocation, loop::Objective::dpo, "dpo",
                "Direct preference optimisation on preferences");
}

}  // namespace preceptor::cli
