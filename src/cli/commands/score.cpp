#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.hpp"
#include "base/format.hpp"
#include "cli/command.hpp"
#include "cli/file_scoring.hpp"

namespace preceptor::cli {
namespace {

struct ScoreCommand {
  FileScoringOptions options;
  std::string out;
  std::string precision = "fp32";
  bool json = false;

  void run() {
    options.precision = precision == "bf16" ? engine::Precision::bf16 : engine::Precision::fp32;
    std::optional<AtomicFile> file;
    if (!out.empty()) file.emplace(out);
    const FileScoringReport report = score_file(options, [&](const nlohmann::json& row) {
      const std::string line = row.dump() + "\n";
      file ? file->write(line) : fmt::print("{}", line);
    });
    if (file) {
      file->commit();
      print(report);
    }
  }

  void print(const FileScoringReport& report) const {
    const double mean = report.rows > 0 ? report.reward / static_cast<double>(report.rows) : 0;
    const auto predicted = static_cast<double>(report.tokens - report.rows);
    if (json) {
      nlohmann::json summary = {{"rows", report.rows}, {"tokens", report.tokens}, {"out", out}};
      if (report.rewards)
        summary["reward_mean"] = mean;
      else
        summary["logprob"] = report.logprob;
      return print_json(summary);
    }
    if (report.rewards)
      fmt::print("{} rewards, mean {:.4f}, are in {}\n", report.rows, mean, out);
    else
      fmt::print("log-probabilities of {} texts are in {}; perplexity {:.3f}\n", report.rows, out,
                 predicted > 0 ? std::exp(-report.logprob / predicted) : 0.0);
  }
};

}  // namespace

void add_score_command(CLI::App& app, Invocation&) {
  auto command = std::make_shared<ScoreCommand>();
  CLI::App* sub = app.add_subcommand(
      "score", "The log-probability of every token of given texts, or their rewards with a reward model");
  sub->add_option("--model", command->options.model, "Model folder")->required();
  sub->add_option("--data", command->options.data, "JSONL of texts: tokens, text or messages")->required();
  sub->add_option("--out", command->out, "JSONL of the values (else stdout)");
  sub->add_option("--precision", command->precision, "fp32 or bf16")
      ->check(CLI::IsMember({"bf16", "fp32"}))
      ->capture_default_str();
  sub->add_option("--threads", command->options.threads, "Threads (0: all)")->check(CLI::Range(0, 1024));
  sub->add_flag("--json", command->json, "Machine-readable summary on stdout, with --out");
  sub->callback([command] { command->run(); });
}

}  // namespace preceptor::cli
