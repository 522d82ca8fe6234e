#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/version.hpp"
#include "cli/bench/benches.hpp"
#include "cli/bench/server/bench_crowd.hpp"
#include "cli/bench/server/load_process.hpp"
#include "cli/bench/server/server_bench.hpp"
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

// What is asked for by name must be there: a misspelt bench would else be left out without a word.
void refuse_unknown(const std::vector<std::string>& only, const std::vector<std::string>& names) {
  std::string known;
  for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
  for (const std::string& name : only) {
    if (std::ranges::find(names, name) != names.end()) continue;
    throw CLI::ValidationError("--only", format("{} is none of {}", name, known));
  }
}

// A workspace with many people who are signed in, for tests that play them.
struct CrowdCommand {
  InstallationOptions installation;
  CrowdSize size{.people = 16, .tasks = 100};

  void run() const {
    Installation opened(installation);
    const Crowd crowd = make_crowd(opened, size);
    json value = to_json(LoadPlan{.project = crowd.project.value, .people = crowd.people});
    value["administrator"] = {{"cookie", crowd.administrator.cookie},
                              {"csrf_token", crowd.administrator.csrf_token}};
    print_json(value);
  }
};

struct BenchCommand {
  std::string group;
  std::string file;
  BenchOptions options;
  std::vector<std::string> only;  // names of benches or of the server's cases; empty: all

  ServerBenchOptions server;
  CrowdCommand crowd;

  void run() {
    if (group != "generate" && !options.model.empty()) {
      throw Failure(ErrorKind::invalid,
                    "--model is for `bench generate`; the other benches make their own weights");
    }
    if (group == "judging-load") return be_load_process();
    if (group == "crowd") return crowd.run();
    if (group == "server") return run_server();
    if (options.model.empty()) {
      bench_config(options.shape);
    } else {
      or_throw(engine::open_model(options.model));
    }
    std::vector<Bench> benches = options.model.empty() ? all_benches() : model_benches();
    std::erase_if(benches, [&](const Bench& bench) { return group != "all" && bench.group != group; });
    std::vector<std::string> names;
    for (const Bench& bench : benches) names.push_back(bench.name);
    refuse_unknown(only, names);
    std::vector<BenchRow> rows;
    for (const Bench& bench : benches) {
      if (!only.empty() && std::ranges::find(only, bench.name) == only.end()) continue;
      fmt::print(stderr, "bench: {} …\n", bench.name);
      rows.push_back(run_bench(bench, options));
    }
    print_bench_rows(rows);
    if (!file.empty()) write_file_atomic(file, report(rows).dump(2) + "\n");
  }

  void run_server() {
    server.runs = options.runs;
    refuse_unknown(only, server_bench_cases());
    server.cases = only;
    json report = run_server_bench(server);
    report["program"] = version();
    report["machine"] = {{"processors", std::thread::hardware_concurrency()}};
    print_server_bench(report);
    if (!file.empty()) write_file_atomic(file, report.dump(2) + "\n");
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

void add_server_options(CLI::App& sub, ServerBenchOptions& options) {
  sub.add_option("--seconds", options.seconds, "server: seconds of load in each run")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  sub.add_option("--scale", options.scale, "server: share of the million tasks and ten million judgments")
      ->check(CLI::Range(0.0001, 10.0))
      ->capture_default_str();
  sub.add_option("--postgres", options.postgres,
                 "server: an empty postgresql:// database to use up; else one of its own is started");
  sub.add_option("--clients", options.clients, "server: people at once, for judging")
      ->check(CLI::Range(1, 20'000))
      ->capture_default_str();
}

void add_crowd_options(CLI::App& sub, CrowdCommand& crowd) {
  sub.add_option("--workspace", crowd.installation.workspace)->group("");
  sub.add_option("--database", crowd.installation.database)->group("")->envname("PRECEPTOR_DATABASE");
  sub.add_option("--people", crowd.size.people)->group("")->check(CLI::Range(1, 100'000));
  sub.add_option("--tasks", crowd.size.tasks)->group("")->check(CLI::Range(1, 100'000'000));
  sub.add_option("--overlap", crowd.size.overlap)->group("")->check(CLI::Range(1, 100));
}

}  // namespace

void add_bench_command(CLI::App& app, Invocation&) {
  auto command = std::make_shared<BenchCommand>();
  CLI::App* sub =
      app.add_subcommand("bench", "Measure this machine's speed, beside what its processor and memory allow");
  // Two more are for this program itself and for tests: "judging-load" reads a plan from stdin, "crowd" makes
  // people and tasks.
  sub->add_option("what", command->group, "train, dpo, reward, generate, load or all of these; or server")
      ->required()
      ->check([](const std::string& word) {
        for (const char* known :
             {"train", "dpo", "reward", "generate", "load", "all", "server", "judging-load", "crowd"})
          if (word == known) return std::string();
        return format("{} is not train, dpo, reward, generate, load, all or server", word);
      });
  sub->add_option("--json", command->file, "Write the figures to this file as well");
  sub->add_option("--runs", command->options.runs, "Measured runs of each bench")->check(CLI::Range(1, 1000));
  sub->add_option("--threads", command->options.threads, "0: all of the machine")->check(CLI::Range(0, 1024));
  sub->add_option("--shape", command->options.shape, "smollm2-135m or nano");
  sub->add_option("--model", command->options.model,
                  "Generate with this folder or .gguf file instead of random weights");
  sub->add_option(
      "--only", command->only,
      "Only these benches, by the names in the table; server: start, judging, thinking, tasks, lists, "
      "postgresql");
  add_server_options(*sub, command->server);
  add_crowd_options(*sub, command->crowd);
  sub->callback([command] { command->run(); });
}

}  // namespace preceptor::cli
