#include "tests/support/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace preceptor::cli::tests {
namespace {

constexpr std::chrono::seconds patience{60};

void redirect(int descriptor, const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(file, descriptor);
  ::close(file);
}

}  // namespace

RunningProgram::RunningProgram(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {PRECEPTOR_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const std::string out = (folder_.path() / "out").string();
  const std::string err = (folder_.path() / "err").string();
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("fork failed");
  if (process_ > 0) return;
  redirect(STDOUT_FILENO, out);
  redirect(STDERR_FILENO, err);
  ::setenv("OMP_WAIT_POLICY", "passive", 1);
  ::execv(pointers.front(), pointers.data());
  ::_exit(127);
}

RunningProgram::~RunningProgram() {
  if (exit_code_ >= 0) return;
  ::kill(process_, SIGKILL);
  wait();
}

void RunningProgram::send(int signal) const { ::kill(process_, signal); }

int RunningProgram::wait() {
  if (exit_code_ >= 0) return exit_code_;
  int status = 0;
  ::waitpid(process_, &status, 0);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_code_;
}

std::string RunningProgram::out() const { return read_file(folder_.path() / "out", 1 << 24).value_or(""); }
std::string RunningProgram::err() const { return read_file(folder_.path() / "err", 1 << 24).value_or(""); }

bool RunningProgram::says(const std::string& words) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < give_up) {
    const bool ended = ::kill(process_, 0) != 0;
    if (out().find(words) != std::string::npos) return true;
    int status = 0;
    if (ended || ::waitpid(process_, &status, WNOHANG) == process_) {
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      return out().find(words) != std::string::npos;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

Finished run_program(const std::vector<std::string>& arguments) {
  RunningProgram program(arguments);
  const int code = program.wait();
  return {code, program.out(), program.err()};
}

}  // namespace preceptor::cli::tests
