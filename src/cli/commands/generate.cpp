#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "cli/command.hpp"
#include "cli/file_generation.hpp"
#include "cli/signals.hpp"

namespace preceptor::cli {
namespace {

struct GenerateCommand {
  FileGenerationOptions options;
  std::string precision = "bf16";
  std::string weights;
  std::int32_t logprobs = -1;
  bool json = false;

  void run(Invocation& invocation) {
    options.engine.precision = precision == "fp32" ? engine::Precision::fp32 : engine::Precision::bf16;
    if (weights == "int8") options.engine.weights = engine::WeightFormat::int8;
    options.logprobs = logprobs >= 0;
    options.sampling.top_logprobs = std::max(logprobs, 0);
    StopOnSignal signals;
    const auto progress = [&](const FileGenerationReport& now) {
      if (json || now.texts % 16 != 0) return;
      fmt::print(stderr, "\r{} of {} texts, {:.0f} tokens/s", now.texts, now.prompts * options.samples,
                 static_cast<double>(now.tokens) / now.seconds);
    };
    const FileGenerationReport report = generate_file(options, signals.token(), progress);
    print(report);
    if (!report.complete) invocation.exit_code = exit_code_of(ErrorKind::cancelled);
  }

  void print(const FileGenerationReport& report) const {
    const double rate = report.seconds > 0 ? static_cast<double>(report.tokens) / report.seconds : 0;
    if (json)
      return print_json({{"prompts", report.prompts},
                         {"texts", report.texts},
                         {"texts_before", report.texts_before},
                         {"tokens", report.tokens},
                         {"seconds", report.seconds},
                         {"tokens_per_second", rate},
                         {"complete", report.complete},
                         {"out", options.out.string()}});
    fmt::print(stderr, "\r");
    fmt::print("{} texts for {} prompts are in {} ({} of them from before; {} tokens, {:.0f} tokens/s)\n",
               report.texts, report.prompts, options.out.string(), report.texts_before, report.tokens, rate);
    if (!report.complete) fmt::print("Stopped before the end; the same command goes on from here.\n");
  }
};

void add_sampling_options(CLI::App& sub, GenerateCommand& command) {
  engine::SamplingOptions& sampling = command.options.sampling;
  sub.add_option("--temperature", sampling.temperature, "0: the likeliest token each time")
      ->capture_default_str();
  sub.add_option("--top-k", sampling.top_k, "Draw from so many of the likeliest tokens (0: all)");
  sub.add_option("--top-p", sampling.top_p, "Draw from the likeliest tokens that make up this probability")
      ->capture_default_str();
  sub.add_option("--min-p", sampling.min_p, "Leave out tokens below this share of the likeliest one's");
  sub.add_option("--tokens-max", sampling.tokens_max, "Longest text")->capture_default_str();
  sub.add_option("--tokens-min", sampling.tokens_min, "Shortest text");
  sub.add_option("--repetition-penalty", sampling.repetition_penalty, "Above 1: fewer repeated tokens")
      ->capture_default_str();
  sub.add_option("--presence-penalty", sampling.presence_penalty, "Off the logit of tokens in the text");
  sub.add_option("--frequency-penalty", sampling.frequency_penalty,
                 "The same, times how often they are in it");
  sub.add_option("--stop", command.options.stops, "End before this text (may be repeated)")
      ->type_size(1)
      ->allow_extra_args(false);
  CLI::App* form = sub.add_option_group("form", "What every text must look like");
  form->add_option("--json-schema", command.options.json_schema, "JSON by the schema in this file")
      ->check(CLI::ExistingFile);
  form->add_flag("--json-object", command.options.json_object, "Any JSON object");
  form->add_option("--regex", command.options.regular_expression, "Text that matches this as a whole");
  form->require_option(0, 1);
  sub.add_option("--logprobs", command.logprobs,
                 "Tell ids and log-probabilities of all tokens, and of so many of the likeliest beside each")
      ->check(CLI::Range(0, engine::top_logprobs_max));
}

}  // namespace

void add_generate_command(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<GenerateCommand>();
  CLI::App* sub = app.add_subcommand("generate", "Write texts for a file of prompts; goes on after a stop");
  FileGenerationOptions& options = command->options;
  sub->add_option("--model", options.model, "Model folder or .gguf file")->required();
  sub->add_option("--data", options.data, "JSONL of prompts: prompt, text, messages or tokens")->required();
  sub->add_option("--out", options.out, "JSONL of texts; an unfinished one is gone on with")->required();
  sub->add_option("--samples", options.samples, "Texts for each prompt")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  sub->add_option("--seed", options.seed, "Seed of the sampling")->capture_default_str();
  add_sampling_options(*sub, *command);
  sub->add_option("--precision", command->precision, "bf16 or fp32")
      ->check(CLI::IsMember({"bf16", "fp32"}))
      ->capture_default_str();
  sub->add_option("--weights", command->weights,
                  "int8: half the memory of bf16 and faster, not quite as exact")
      ->check(CLI::IsMember({"int8"}));
  sub->add_option("--batch", options.engine.batch_max, "Texts written at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  sub->add_option("--threads", options.engine.threads, "Threads (0: all)")->check(CLI::Range(0, 1024));
  sub->add_flag("--json", command->json, "Machine-readable summary on stdout");
  sub->callback([command, &invocation] { command->run(invocation); });
}

}  // namespace preceptor::cli
