#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/version.hpp"
#include "cli/bench/benches.hpp"
#include "cli/command.hpp"
#include "engine/formats/manifest.hpp"
#include "engine/formats/opened_model.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

std::vector<Bench> all_benches() {
  std::vector<Bench> all;
  for (const auto& group : {training_benches(), preference_benches(), generation_benches(), load_benches()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

struct BenchCommand {
  std::string group;
  std::string file;
  BenchOptions options;

  void run() const {
    if (options.model.empty()) {
      bench_config(options.shape);
    } else if (group != "generate") {
      throw Failure(ErrorKind::invalid,
                    "--model is for `bench generate`; the other benches make their own weights");
    } else {
      or_throw(engine::open_model(options.model));
    }
    std::vector<BenchRow> rows;
    for (const Bench& bench : options.model.empty() ? all_benches() : model_benches()) {
      if (group != "all" && bench.group != group) continue;
      fmt::print(stderr, "bench: {} …\n", bench.name);
      rows.push_back(run_bench(bench, options));
    }
    print_bench_rows(rows);
    if (!file.empty()) write_file_atomic(file, report(rows).dump(2) + "\n");
  }

  json report(const std::vector<BenchRow>& rows) const {
    const engine::Determinism machine = engine::determinism_here(engine::Precision::bf16, options.threads);
    json libraries = json::object();
    for (const auto& [name, number] : machine.libraries) libraries[name] = number;
    json benches = json::array();
    for (const BenchRow& row : rows) benches.push_back(to_json(row));
    return {{"program", version()},
            {"model", options.model_name()},
            {"machine", {{"isa", machine.isa}, {"threads", machine.threads}, {"libraries", libraries}}},
            {"benches", benches}};
  }
};

}  // namespace

void add_bench_command(CLI::App& app, Invocation&) {
  auto command = std::make_shared<BenchCommand>();
  CLI::App* sub =
      app.add_subcommand("bench", "Measure this machine's speed, beside what its processor and memory allow");
  sub->add_option("what", command->group, "train, dpo, reward, generate, load or all")
      ->required()
      ->check(CLI::IsMember({"train", "dpo", "reward", "generate", "load", "all"}));
  sub->add_option("--json", command->file, "Write the figures to this file as well");
  sub->add_option("--runs", command->options.runs, "Measured runs of each bench")->check(CLI::Range(1, 1000));
  sub->add_option("--threads", command->options.threads, "0: all of the machine")->check(CLI::Range(0, 1024));
  sub->add_option("--shape", command->options.shape, "smollm2-135m or nano");
  sub->add_option("--model", command->options.model,
                  "Generate with this folder or .gguf file instead of random weights");
  sub->callback([command] { command->run(); });
}

}  // namespace preceptor::cli
