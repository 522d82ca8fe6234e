#include "cli/bench/server/server_bench.hpp"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "cli/bench/bench_row.hpp"
#include "cli/bench/server/bench_crowd.hpp"
#include "cli/bench/server/list_bench.hpp"
#include "cli/bench/server/load_process.hpp"
#include "cli/bench/server/own_postgres.hpp"
#include "cli/bench/server/processor_time.hpp"
#include "cli/bench/server/start_bench.hpp"
#include "cli/demo/server_process.hpp"
#include "cli/free_port.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

// More than the fastest machine gets through.
constexpr double judgments_per_second_max = 12'000;

struct JudgingCase {
  std::string name;
  int clients = 1;
  int servers = 1;
  double think_seconds = 0;
  std::int64_t tasks_open = 0;  // 0: as many as the load can use up
  bool postgres = false;
};

json one_run(const JudgingCase& chosen, const ServerBenchOptions& options, const std::string& database) {
  const TemporaryFolder folder;
  const InstallationOptions installation{.workspace = (folder.path() / "workspace").string(),
                                         .database = database};
  CrowdSize size{.people = chosen.clients, .tasks = chosen.tasks_open};
  if (size.tasks == 0) {
    const double judgments = chosen.think_seconds > 0 ? 2 * chosen.clients * options.seconds
                                                      : judgments_per_second_max * options.seconds;
    size.overlap = std::min(3, chosen.clients);
    size.tasks = static_cast<std::int64_t>(judgments) / size.overlap + chosen.clients;
  } else {
    size.overlap = 1;
  }
  Crowd crowd;
  {
    Installation opened(installation);
    crowd = make_crowd(opened, size);
  }
  LoadPlan plan{.project = crowd.project.value,
                .seconds = options.seconds,
                .think_seconds = chosen.think_seconds,
                .people = crowd.people};
  LoadResult load;
  json processor = json::object();
  {
    std::vector<std::unique_ptr<ServerProcess>> servers;
    for (int i = 0; i < chosen.servers; ++i) {
      plan.ports.push_back(free_port());
      servers.push_back(std::make_unique<ServerProcess>(installation.workspace, plan.ports.back(),
                                                        folder.path() / format("log{}", i), database));
    }
    load = run_load_process(plan);
    for (const auto& server : servers) {
      const json used = processor_seconds(server->id());
      for (const auto& [thread, seconds] : used.items())
        processor[thread] = processor.value(thread, 0.0) + seconds.get<double>();
    }
  }
  const double acknowledged = static_cast<double>(std::max<std::size_t>(1, load.acknowledged.size()));
  for (auto& [thread, value] : processor.items()) value = value.get<double>() * 1e6 / acknowledged;
  processor["load generator"] = load.processor_seconds * 1e6 / acknowledged;
  Installation opened(installation);
  const CrowdCount count = count_judgments(opened, crowd, load.acknowledged);
  if (load.errors > 0) fmt::print(stderr, "bench: first error: {}\n", load.first_error);
  return {{"judgments_per_second", static_cast<double>(load.acknowledged.size()) / load.seconds},
          {"submit_p50_ms", load.submit_p50_ms},
          {"submit_p99_ms", load.submit_p99_ms},
          {"next_p50_ms", load.next_p50_ms},
          {"next_p99_ms", load.next_p99_ms},
          {"errors", load.errors},
          {"lost", count.lost},
          {"overserved", count.overserved},
          {"judgments", count.judgments},
          {"processor_us_per_judgment", processor}};
}

// The medians of the runs, beside the least and the most; of errors and the like the sum.
json row_of(const JudgingCase& chosen, const std::vector<json>& runs) {
  json row = {{"case", chosen.name},       {"database", chosen.postgres ? "postgresql" : "sqlite"},
              {"clients", chosen.clients}, {"servers", chosen.servers},
              {"runs", runs.size()},       {"think_seconds", chosen.think_seconds},
              {"min", json::object()},     {"max", json::object()}};
  row["processor_us_per_judgment"] = runs.back().at("processor_us_per_judgment");
  if (chosen.tasks_open > 0) row["tasks_open"] = chosen.tasks_open;
  for (const auto& [key, first] : runs.front().items()) {
    if (first.is_object()) continue;
    std::vector<double> values;
    for (const json& run : runs) values.push_back(run.at(key));
    if (key == "errors" || key == "lost" || key == "overserved" || key == "judgments") {
      std::int64_t sum = 0;
      for (const json& run : runs) sum += run.at(key).get<std::int64_t>();
      row[key] = sum;
      continue;
    }
    row[key] = median(values);
    row["min"][key] = std::ranges::min(values);
    row["max"][key] = std::ranges::max(values);
  }
  return row;
}

json measure(const JudgingCase& chosen, const ServerBenchOptions& options, const std::string& database) {
  fmt::print(stderr, "bench: {}, {} people, {} …\n", chosen.name, chosen.clients,
             chosen.postgres ? "PostgreSQL" : "SQLite");
  std::vector<json> runs;
  for (int run = 0; run < options.runs; ++run) runs.push_back(one_run(chosen, options, database));
  return row_of(chosen, runs);
}

// A database of its own for each run would be cleaner still; but people and tasks of earlier runs stand aside
// in projects of their own.
json measure_postgres(const ServerBenchOptions& options) {
  JudgingCase chosen{.name = "postgresql", .clients = 256, .servers = 2, .postgres = true};
  if (!options.postgres.empty()) return measure(chosen, options, options.postgres);
  std::vector<json> runs;
  fmt::print(stderr, "bench: postgresql, 256 people, two servers …\n");
  for (int run = 0; run < options.runs; ++run) {
    const OwnPostgres postgres(*OwnPostgres::binaries());
    runs.push_back(one_run(chosen, options, postgres.url()));
  }
  return row_of(chosen, runs);
}

bool wanted(const ServerBenchOptions& options, const std::string& name) {
  return options.cases.empty() || std::ranges::find(options.cases, name) != options.cases.end();
}

}  // namespace

const std::vector<std::string>& server_bench_cases() {
  static const std::vector<std::string> cases{"start", "judging", "thinking", "tasks", "lists", "postgresql"};
  return cases;
}

json run_server_bench(const ServerBenchOptions& options) {
  json report = {{"runs", options.runs}, {"seconds", options.seconds}, {"scale", options.scale}};
  json rows = json::array();
  if (wanted(options, "start")) report["start"] = measure_start(options.runs);
  if (wanted(options, "judging"))
    for (const int clients : options.clients)
      rows.push_back(measure({.name = "judging", .clients = clients}, options, ""));
  if (wanted(options, "thinking"))
    rows.push_back(measure({.name = "thinking", .clients = 1000, .think_seconds = 5}, options, ""));
  if (wanted(options, "tasks"))
    rows.push_back(measure(
        {.name = "tasks", .clients = 16, .tasks_open = static_cast<std::int64_t>(1e6 * options.scale)},
        options, ""));
  if (wanted(options, "postgresql")) {
    if (!options.postgres.empty() || OwnPostgres::binaries()) {
      rows.push_back(measure_postgres(options));
    } else {
      report["postgresql"] = "not measured: no PostgreSQL was found, and no --postgres URL given";
    }
  }
  if (wanted(options, "lists")) report["lists"] = measure_lists(options.scale);
  report["rows"] = rows;
  return report;
}

void print_server_bench(const json& report) {
  if (!report.at("rows").empty())
    fmt::print("{:<11} {:<10} {:>7} {:>7} {:>10} {:>8} {:>8} {:>8} {:>8} {:>6} {:>5} {:>10}\n", "case",
               "database", "clients", "servers", "judgments/s", "submit50", "submit99", "next50", "next99",
               "errors", "lost", "overserved");
  for (const json& row : report.at("rows"))
    fmt::print("{:<11} {:<10} {:>7} {:>7} {:>10.0f} {:>8.2f} {:>8.2f} {:>8.2f} {:>8.2f} {:>6} {:>5} {:>10}\n",
               row.at("case").get<std::string>(), row.at("database").get<std::string>(),
               row.at("clients").get<int>(), row.at("servers").get<int>(),
               row.at("judgments_per_second").get<double>(), row.at("submit_p50_ms").get<double>(),
               row.at("submit_p99_ms").get<double>(), row.at("next_p50_ms").get<double>(),
               row.at("next_p99_ms").get<double>(), row.at("errors").get<std::int64_t>(),
               row.at("lost").get<std::int64_t>(), row.at("overserved").get<std::int64_t>());
  if (report.contains("start")) fmt::print("start: {}\n", report.at("start").dump());
  if (report.contains("lists")) {
    fmt::print("lists, with {} judgments\n", report.at("lists").at("judgments").get<std::int64_t>());
    for (const json& row : report.at("lists").at("queries"))
      fmt::print("  {:<60} median {:>8.2f} ms, most {:>8.2f} ms\n", row.at("query").get<std::string>(),
                 row.at("median_ms").get<double>(), row.at("max_ms").get<double>());
  }
}

}  // namespace preceptor::cli
