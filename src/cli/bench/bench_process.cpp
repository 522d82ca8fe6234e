#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "cli/bench/benches.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

struct ChildResult {
  json value;
  std::int64_t peak_rss_bytes = 0;
};

[[noreturn]] void child(int pipe, const std::function<json()>& work) {
  std::string text;
  int status = 0;
  try {
    text = work().dump();
  } catch (const Failure& failure) {
    text = failure.error.text();
    status = 1;
  } catch (const std::exception& problem) {
    text = problem.what();
    status = 1;
  }
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = ::write(pipe, text.data() + at, text.size() - at);
    if (written <= 0) break;
    at += static_cast<std::size_t>(written);
  }
  ::_exit(status);
}

ChildResult in_child(const std::string& name, const std::function<json()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) throw Failure(ErrorKind::internal, format("no pipe: {}", std::strerror(errno)));
  std::fflush(nullptr);
  const pid_t process = ::fork();
  if (process < 0) throw Failure(ErrorKind::internal, format("no process: {}", std::strerror(errno)));
  if (process == 0) {
    ::close(ends[0]);
    child(ends[1], work);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  rusage used{};
  ::wait4(process, &status, 0, &used);
  if (!WIFEXITED(status)) {
    throw Failure(ErrorKind::internal, format("bench {} was ended by signal {}", name, WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) throw Failure(ErrorKind::internal, format("bench {}: {}", name, text));
  return {json::parse(text), std::int64_t{used.ru_maxrss} * 1024};
}

}  // namespace

BenchRow run_bench(const Bench& bench, const BenchOptions& options) {
  const double limit = in_child(bench.name, [&] { return json(bench.limit(options)); }).value;
  const ChildResult result = in_child(bench.name, [&] { return to_json(bench.work(options)); });
  BenchRow row = bench_row_from(result.value);
  row.name = bench.name;
  row.limit = limit;
  row.peak_rss_bytes = result.peak_rss_bytes;
  return row;
}

}  // namespace preceptor::cli
