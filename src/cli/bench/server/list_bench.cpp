#include "cli/bench/server/list_bench.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "cli/bench/bench_row.hpp"
#include "cli/bench/server/bench_crowd.hpp"
#include "cli/bench/server/plain_connection.hpp"
#include "cli/demo/server_process.hpp"
#include "cli/free_port.hpp"
#include "store/filling.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

constexpr int people = 1000;
constexpr std::int64_t tasks_per_transaction = 100;
constexpr int times = 20;
constexpr std::string_view payload =
    R"({"outcome":"tie","better":null,"strength":null,"reason":"Both are right.","flags":[]})";

std::int64_t fill(Installation& opened, const Crowd& crowd, std::int64_t tasks) {
  std::int64_t judgments = 0;
  for (std::int64_t begin = 0; begin < tasks; begin += tasks_per_transaction) {
    const std::int64_t end = std::min(tasks, begin + tasks_per_transaction);
    judgments +=
        store::fill_judgments(*opened.database, {.project = crowd.project,
                                                 .first = crowd.tasks[static_cast<std::size_t>(begin)],
                                                 .last = crowd.tasks[static_cast<std::size_t>(end - 1)],
                                                 .payload = std::string(payload),
                                                 .at = opened.clock.now()});
  }
  return judgments;
}

class Lists {
public:
  Lists(int port, const LoadPerson& person) : connection_(port), headers_(headers_of(person)) {}

  // Asks the list's first page, pages further on, and so on.
  json measure(const std::string& path) {
    std::vector<double> ms;
    std::string cursor;
    for (int i = 0; i < times; ++i) {
      const char joint = path.find('?') == std::string::npos ? '?' : '&';
      const std::string asked = cursor.empty() ? path : format("{}{}cursor={}", path, joint, cursor);
      const auto begin = std::chrono::steady_clock::now();
      const PlainAnswer answer = connection_.call(plain_request("GET", "/api/v1" + asked, headers_, ""));
      const auto took = std::chrono::steady_clock::now() - begin;
      ms.push_back(std::chrono::duration<double, std::milli>(took).count());
      if (answer.status != 200)
        throw Failure(ErrorKind::internal, format("{} answered {}: {}", asked, answer.status, answer.body));
      const json body = json::parse(answer.body);
      const bool more = body.is_object() && body.contains("next_cursor") && body["next_cursor"].is_string();
      cursor = more ? body["next_cursor"].get<std::string>() : std::string();
    }
    return {{"query", path}, {"asked", times}, {"median_ms", median(ms)}, {"max_ms", std::ranges::max(ms)}};
  }

private:
  static std::string headers_of(const LoadPerson& person) {
    return format("Cookie: preceptor_session={}\r\nX-CSRF-Token: {}\r\n", person.cookie, person.csrf_token);
  }

  PlainConnection connection_;
  std::string headers_;
};

}  // namespace

json measure_lists(double scale) {
  const auto tasks = std::max<std::int64_t>(100, std::llround(1e6 * scale));
  const auto judged = std::max<std::int64_t>(1, std::llround(1e4 * scale));
  fmt::print(stderr, "bench: lists, {} judgments and {} tasks …\n", judged * people, tasks);
  const TemporaryFolder folder;
  const InstallationOptions installation{.workspace = (folder.path() / "workspace").string(), .database = {}};
  const auto begin = std::chrono::steady_clock::now();
  Crowd crowd;
  json report;
  {
    Installation opened(installation);
    crowd = make_crowd(opened, {.people = people, .tasks = tasks, .overlap = 1});
    report["judgments"] = fill(opened, crowd, judged);
  }
  report["tasks"] = tasks;
  report["fill_seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const int port = free_port();
  const ServerProcess server(installation.workspace, port, folder.path() / "log");
  const std::string project = format("/projects/{}", crowd.project.value);
  json queries = json::array();
  Lists owner(port, crowd.administrator);
  for (const std::string path :
       {"", "/members", "/prompts", "/responses", "/tasks", "/tasks?limit=100&state=open",
        "/tasks?limit=100&state=done", "/tasks?limit=100&kind=rate", "/tasks?limit=100&state=open&kind=rate",
        "/judgments", "/judgments?limit=100&person_id=500", "/quality", "/rounds", "/guidelines", "/rubrics",
        "/jobs", "/models", "/promotions"})
    queries.push_back(owner.measure(project + path));
  queries.push_back(owner.measure("/projects"));
  queries.push_back(owner.measure("/people"));
  Lists trainer(port, crowd.people[people / 2]);
  for (const std::string path : {"/my/progress", "/my/judgments"})
    queries.push_back(trainer.measure(project + path));
  report["queries"] = queries;
  return report;
}

}  // namespace preceptor::cli
