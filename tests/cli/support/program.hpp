// The program itself, as a process of its own.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace preceptor::cli::tests {

class RunningProgram {
public:
  explicit RunningProgram(const std::vector<std::string>& arguments);
  ~RunningProgram();  // kills it when it still runs
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  void send(int signal) const;
  int wait();  // the exit code, or 128 + signal
  std::string out() const;
  std::string err() const;
  // True as soon as stdout holds these words, false when it ends or too much time goes by first.
  bool says(const std::string& words);

private:
  TemporaryFolder folder_;
  pid_t process_ = -1;
  int exit_code_ = -1;
};

struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};
Finished run_program(const std::vector<std::string>& arguments);

}  // namespace preceptor::cli::tests
