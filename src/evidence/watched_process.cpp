#include "evidence/watched_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/descriptor.hpp"
#include "base/result.hpp"
#include "evidence/process_tree.hpp"

namespace preceptor::evidence {
namespace {

constexpr int look_every_ms = 20;
constexpr int first_descriptor = 100;  // where ours wait before they get their places in the child

using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  throw Failure(ErrorKind::unavailable, std::string(what) + ": " + std::strerror(errno));
}

struct Pipe {
  Descriptor reader, writer;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("a pipe cannot be made");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Descriptor file_with(std::string_view content) {
  Descriptor file(memfd_create("handed", MFD_CLOEXEC));
  if (!file) fail("a file in memory cannot be made");
  while (!content.empty()) {
    const ssize_t written = write(file.number(), content.data(), content.size());
    if (written < 0) fail("a file in memory cannot be written");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (lseek(file.number(), 0, SEEK_SET) != 0) fail("a file in memory cannot be read");
  return file;
}

// After fork: only what is safe between fork and exec in a program with threads.
struct ChildPlan {
  char* const* arguments = nullptr;
  int output = -1, errors = -1, input = -1, report = -1;
  std::vector<std::pair<int, int>> files;  // from our descriptor to the child's
  std::uint32_t user = 0;
  bool root = false;
  pid_t parent = 0;
};

[[noreturn]] void give_up(const ChildPlan& plan) {
  const int problem = errno;
  [[maybe_unused]] const ssize_t told = write(plan.report, &problem, sizeof problem);
  _exit(127);
}

[[noreturn]] void become(const ChildPlan& plan) {
  setsid();
  if (plan.root) {
    if (setgroups(0, nullptr) != 0 || setresgid(plan.user, plan.user, plan.user) != 0 ||
        setresuid(plan.user, plan.user, plan.user) != 0)
      give_up(plan);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // after the change of user, which takes it away
  if (getppid() != plan.parent) _exit(127);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  if (dup2(plan.input, 0) < 0 || dup2(plan.output, 1) < 0 || dup2(plan.errors, 2) < 0) give_up(plan);
  for (const auto& [from, to] : plan.files) {
    if (dup2(from, to) < 0) give_up(plan);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  char* const environment[] = {nullptr};
  execve(plan.arguments[0], plan.arguments, environment);
  give_up(plan);
}

// One stream of the child: false once it has ended.
bool drain(Descriptor& from, std::string& text, std::size_t bytes_max, bool& too_much) {
  std::array<char, 16384> piece{};
  const ssize_t count = read(from.number(), piece.data(), piece.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (count <= 0) return false;
  const std::size_t room = bytes_max - std::min(bytes_max, text.size());
  text.append(piece.data(), std::min(room, static_cast<std::size_t>(count)));
  too_much = too_much || static_cast<std::size_t>(count) > room;
  return true;
}

Ending over_a_limit(pid_t child, const ProcessLimits& limits, SteadyClock::time_point begun,
                    std::stop_token stop) {
  if (stop.stop_requested()) return Ending::cancelled;
  if (SteadyClock::now() - begun > limits.time) return Ending::out_of_time;
  const TreeUse use = use_of_tree(child);
  if (use.memory_bytes > limits.memory_bytes) return Ending::out_of_memory;
  if (use.processes > limits.processes) return Ending::too_many_processes;
  return Ending::ended;
}

// Reads until both streams have ended or a limit is met.
Ending watch(pid_t child, Descriptor& output, Descriptor& errors, const ProcessLimits& limits,
             ProcessResult& result, SteadyClock::time_point begun, std::stop_token stop) {
  bool output_open = true, errors_open = true, too_much = false;
  auto next_look = begun;
  while (output_open || errors_open) {
    std::array<pollfd, 2> streams{
        {{output_open ? output.number() : -1, POLLIN, 0}, {errors_open ? errors.number() : -1, POLLIN, 0}}};
    poll(streams.data(), streams.size(), look_every_ms);
    if (streams[0].revents != 0) output_open = drain(output, result.output, limits.output_bytes, too_much);
    if (streams[1].revents != 0) errors_open = drain(errors, result.errors, limits.output_bytes, too_much);
    if (too_much) return Ending::too_much_output;
    if (const auto now = SteadyClock::now(); now >= next_look) {
      next_look = now + std::chrono::milliseconds(look_every_ms);
      if (const Ending over = over_a_limit(child, limits, begun, stop); over != Ending::ended) return over;
    }
  }
  return Ending::ended;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// A child may close its streams and go on.
int wait_within(pid_t child, const ProcessLimits& limits, SteadyClock::time_point begun, std::stop_token stop,
                Ending& ending) {
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (ending == Ending::ended) ending = over_a_limit(child, limits, begun, stop);
    if (ending != Ending::ended) {
      kill(-child, SIGKILL);
      kill(child, SIGKILL);
      return wait_for(child);
    }
    poll(nullptr, 0, look_every_ms);
  }
}

void check_started(Descriptor& report, pid_t child) {
  int problem = 0;
  if (read(report.number(), &problem, sizeof problem) != sizeof problem) return;
  wait_for(child);
  errno = problem;
  fail("the program cannot be started");
}

}  // namespace

ProcessResult run_watched(const std::vector<std::string>& arguments, std::span<const HandedFile> files,
                          const ProcessLimits& limits, std::uint32_t user_when_root, std::stop_token stop) {
  std::vector<char*> argument_list;
  for (const std::string& argument : arguments) argument_list.push_back(const_cast<char*>(argument.c_str()));
  argument_list.push_back(nullptr);
  Pipe output = make_pipe(), errors = make_pipe(), report = make_pipe();
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  std::vector<Descriptor> held;
  ChildPlan plan{.arguments = argument_list.data(),
                 .output = output.writer.number(),
                 .errors = errors.writer.number(),
                 .input = nothing.number(),
                 .report = report.writer.number(),
                 .user = user_when_root,
                 .root = geteuid() == 0,
                 .parent = getpid()};
  for (const HandedFile& file : files) {
    const Descriptor made = file_with(file.content);
    // Above every place that a file may be put at, so that no dup2 overwrites one that still waits.
    Descriptor waiting(fcntl(made.number(), F_DUPFD_CLOEXEC, first_descriptor));
    if (!waiting) fail("a descriptor cannot be kept");
    plan.files.emplace_back(waiting.number(), file.descriptor);
    held.push_back(std::move(waiting));
  }
  const auto begun = SteadyClock::now();
  const pid_t child = fork();
  if (child < 0) fail("a process cannot be made");
  if (child == 0) become(plan);
  // Only the child's ends may keep the streams open.
  for (Pipe* pipe : {&output, &errors, &report}) pipe->writer = Descriptor();
  check_started(report.reader, child);
  ProcessResult result;
  result.ending = watch(child, output.reader, errors.reader, limits, result, begun, stop);
  result.status = wait_within(child, limits, begun, stop, result.ending);
  result.took = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begun);
  return result;
}

}  // namespace preceptor::evidence
