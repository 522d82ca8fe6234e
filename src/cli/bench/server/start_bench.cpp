#include "cli/bench/server/start_bench.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.hpp"
#include "base/format.hpp"
#include "cli/bench/bench_row.hpp"
#include "cli/bench/server/bench_crowd.hpp"
#include "cli/bench/server/plain_connection.hpp"
#include "cli/demo/server_process.hpp"
#include "cli/free_port.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds idle_wait{2};

std::int64_t rss_bytes(pid_t process) {
  std::ifstream file(format("/proc/{}/status", process));
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6)) * 1024;
  return 0;
}

std::int64_t children_rss_bytes(pid_t process) {
  // The keeper of the worker is a thread, so the worker is a child of that thread.
  std::int64_t sum = 0;
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(format("/proc/{}/task", process), gone)) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) sum += rss_bytes(child);
  }
  return sum;
}

}  // namespace

json measure_start(int runs) {
  fmt::print(stderr, "bench: start …\n");
  const TemporaryFolder folder;
  const InstallationOptions installation{.workspace = (folder.path() / "workspace").string(), .database = {}};
  {
    Installation opened(installation);
    make_crowd(opened, {.people = 16, .tasks = 1000, .overlap = 3});
  }
  std::vector<double> start_ms, rss, worker_rss;
  for (int run = 0; run < runs; ++run) {
    const int port = free_port();
    const auto begin = std::chrono::steady_clock::now();
    const ServerProcess server(installation.workspace, port, folder.path() / "log");
    const int status = PlainConnection(port).call(plain_request("GET", "/readyz", "", "")).status;
    const auto took = std::chrono::steady_clock::now() - begin;
    if (status != 200) throw Failure(ErrorKind::unavailable, format("/readyz answered {}", status));
    start_ms.push_back(std::chrono::duration<double, std::milli>(took).count());
    std::this_thread::sleep_for(idle_wait);
    rss.push_back(static_cast<double>(rss_bytes(server.id())));
    worker_rss.push_back(static_cast<double>(children_rss_bytes(server.id())));
  }
  const auto figures = [](const std::vector<double>& values) {
    return json{{"min", std::ranges::min(values)}, {"max", std::ranges::max(values)}};
  };
  return {{"start_ms", median(start_ms)},
          {"idle_rss_bytes", static_cast<std::int64_t>(median(rss))},
          {"worker_rss_bytes", static_cast<std::int64_t>(median(worker_rss))},
          {"runs", runs},
          {"range",
           {{"start_ms", figures(start_ms)},
            {"idle_rss_bytes", figures(rss)},
            {"worker_rss_bytes", figures(worker_rss)}}}};
}

}  // namespace preceptor::cli
