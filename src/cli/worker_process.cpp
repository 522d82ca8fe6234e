#include "cli/worker_process.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/log.hpp"
#include "base/result.hpp"

namespace preceptor::cli {
namespace {

constexpr int nice_by = 5;
constexpr std::chrono::seconds restart_after{1};
constexpr std::chrono::milliseconds look_every{100};

// Answers false when the stop came first.
bool sleep_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

WorkerProcess::WorkerProcess(std::string workspace, std::string database)
    : workspace_(std::move(workspace)),
      database_(std::move(database)),
      keeper_([this](std::stop_token stop) { keep_alive(stop); }) {}

WorkerProcess::~WorkerProcess() {
  keeper_.request_stop();
  keeper_.join();
}

pid_t WorkerProcess::start() const {
  const pid_t process = ::fork();
  if (process < 0) throw Failure(ErrorKind::internal, "The worker process could not be started.");
  if (process > 0) return process;
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::nice(nice_by) == -1) {}  // a worker at full priority is better than none
  // Threads that wait for each other must soon sleep, not spin: the server needs the processor as well.
  ::setenv("OMP_WAIT_POLICY", "passive", 0);
  ::setenv("GOMP_SPINCOUNT", "10000", 0);
  if (database_.empty()) {
    ::execl("/proc/self/exe", "preceptor", "worker", "--child", "--workspace", workspace_.c_str(), nullptr);
  } else {
    ::setenv("PRECEPTOR_DATABASE", database_.c_str(), 1);  // not an argument: it may hold a password
    ::execl("/proc/self/exe", "preceptor", "worker", "--child", "--workspace", workspace_.c_str(), nullptr);
  }
  ::_exit(127);
}

void WorkerProcess::keep_alive(std::stop_token stop) {
  pid_t process = start();
  while (sleep_for(look_every, stop)) {
    int status = 0;
    if (::waitpid(process, &status, WNOHANG) != process) continue;
    log_warning("The worker ended (status {}); another one begins", status);
    process = -1;
    if (!sleep_for(restart_after, stop)) break;
    process = start();
  }
  if (process <= 0) return;
  ::kill(process, SIGTERM);
  while (::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {}
}

}  // namespace preceptor::cli
