#include "cli/demo/server_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include <chrono>
#include <thread>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/result.hpp"

namespace preceptor::cli {
namespace {

constexpr std::chrono::seconds ready_within{30};
constexpr std::chrono::milliseconds look_every{2};
constexpr std::size_t log_bytes_max = 64 << 20;

[[noreturn]] void become_server(const std::string& workspace, const std::string& port, const std::string& log,
                                const std::string& database) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // it ends with us, however we end
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file >= 0) {
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
  }
  if (!database.empty()) ::setenv("PRECEPTOR_DATABASE", database.c_str(), 1);
  ::execl("/proc/self/exe", "preceptor", "serve", "--workspace", workspace.c_str(), "--port", port.c_str(),
          nullptr);
  ::_exit(127);
}

}  // namespace

ServerProcess::ServerProcess(const std::filesystem::path& workspace, int port,
                             const std::filesystem::path& log, const std::string& database)
    : address_(fmt::format("http://127.0.0.1:{}", port)) {
  const std::string folder = workspace.string();
  const std::string port_text = std::to_string(port);
  const std::string log_text = log.string();
  std::error_code none_yet;
  const auto log_begins = std::filesystem::file_size(log, none_yet);
  process_ = ::fork();
  if (process_ < 0) throw Failure(ErrorKind::internal, "The server process could not be started.");
  if (process_ == 0) become_server(folder, port_text, log_text, database);
  wait_until_ready(log, none_yet ? 0 : log_begins);
}

// By its own words and not by asking the port: somebody else may have that, and answer.
void ServerProcess::wait_until_ready(const std::filesystem::path& log, std::uintmax_t log_begins) {
  const auto words = [&] {
    const auto text = read_file(log, log_bytes_max);
    return text && text->size() > log_begins ? text->substr(log_begins) : std::string();
  };
  const auto give_up = std::chrono::steady_clock::now() + ready_within;
  while (std::chrono::steady_clock::now() < give_up) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      throw Failure(ErrorKind::unavailable, fmt::format("The server ended at once.\n{}", words()));
    }
    if (words().find("Preceptor serves ") != std::string::npos) return;
    std::this_thread::sleep_for(look_every);
  }
  throw Failure(
      ErrorKind::unavailable,
      fmt::format("The server did not begin to serve {} within {} s.", address_, ready_within.count()),
      fmt::format("Look into {}.", log.string()));
}

ServerProcess::~ServerProcess() {
  if (process_ <= 0) return;
  ::kill(process_, SIGTERM);
  ::waitpid(process_, nullptr, 0);
}

int ServerProcess::wait() {
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {}
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace preceptor::cli
