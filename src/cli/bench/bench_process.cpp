#include <sys/resource.h>
#include <sys/socket.h>
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

using Wait = std::function<void()>;
using Work = std::function<json(const Wait& wait_for_turn)>;

// What a child says: its result as JSON, and before it, as often as it wants its turn, this byte.
constexpr char wants_turn = '\0';

void send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // whoever listened is gone: its end is noticed elsewhere
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

[[noreturn]] void child(int socket, const Work& work) {
  std::string text;
  int status = 0;
  try {
    const auto wait_for_turn = [socket] {
      send_all(socket, {&wants_turn, 1});
      char go;
      if (::recv(socket, &go, 1, 0) != 1) ::_exit(1);
    };
    text = work(wait_for_turn).dump();
  } catch (const Failure& failure) {
    text = failure.error.text();
    status = 1;
  } catch (const std::exception& problem) {
    text = problem.what();
    status = 1;
  }
  send_all(socket, text);
  ::_exit(status);
}

// take_turn: called here while the child waits.
ChildResult in_child(const std::string& name, const Work& work, const std::function<void()>& take_turn) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw Failure(ErrorKind::internal, format("no socket: {}", std::strerror(errno)));
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
  for (ssize_t got; (got = ::recv(ends[0], buffer, sizeof buffer, 0)) > 0;) {
    for (const char c : std::string_view(buffer, static_cast<std::size_t>(got))) {
      if (c != wants_turn) {
        text.push_back(c);
        continue;
      }
      take_turn();
      send_all(ends[0], "g");
    }
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
  std::vector<double> limits;
  const auto measure_limit = [&] {
    if (!bench.limit) return;
    const auto limit = [&](const Wait&) { return json(bench.limit(options)); };
    limits.push_back(in_child(bench.name, limit, [] {}).value);
  };
  const auto work = [&](const Wait& wait_for_turn) {
    BenchOptions here = options;
    here.before_run = wait_for_turn;
    return to_json(bench.work(here));
  };
  const ChildResult result = in_child(bench.name, work, measure_limit);
  BenchRow row = bench_row_from(result.value);
  row.name = bench.name;
  row.limit = median(limits);
  row.peak_rss_bytes = result.peak_rss_bytes;
  return row;
}

}  // namespace preceptor::cli
