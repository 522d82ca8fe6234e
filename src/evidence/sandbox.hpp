// Runs code that an answer contains: in namespaces of its own (bubblewrap), without a network, on a read-only
// /usr and an empty folder in memory, as nobody, and under limits on everything.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "evidence/watched_process.hpp"

namespace preceptor::evidence {

enum class Language { python, cpp, javascript, shell };
inline constexpr Language languages[] = {Language::python, Language::cpp, Language::javascript,
                                         Language::shell};
std::string_view name_of(Language);
std::optional<Language> language_named(std::string_view name);
// As code blocks name it: "py", "c++", "js", "sh", …; nothing for what the sandbox does not run.
std::optional<Language> language_of_fence(std::string_view fence);

struct SandboxLimits {
  ProcessLimits process;                  // time on the wall, memory of all, processes, output
  int cpu_seconds = 20;                   // of each process
  std::size_t data_bytes = 1U << 30U;     // of each process: what it may map for itself
  std::size_t file_bytes = 16U << 20U;    // of each file
  std::size_t folder_bytes = 64U << 20U;  // of /work and of /tmp
};

struct CodeResult {
  std::string outcome;  // finished, failed, out_of_time, out_of_memory, too_many_processes, too_much_output
  int status = 0;
  std::string output, errors;  // UTF-8, without what is none
  bool cut = false;
  std::chrono::milliseconds took{0};
};

inline constexpr std::size_t code_bytes_max = 256U << 10U;

class Sandbox {
public:
  // Looks what this machine has and tries once whether a sandbox can be made. `bwrap` is a path.
  explicit Sandbox(std::string bwrap = "/usr/bin/bwrap", SandboxLimits limits = {});

  // Why nothing runs here, with what to do about it; success when the sandbox works.
  const Result<void>& works() const { return works_; }
  // What has an interpreter or compiler below /usr.
  const std::vector<Language>& has() const { return has_; }

  // Refuses with unavailable when the sandbox does not work here, with unsupported when the language is not
  // there, with too_large. Blocks until the code has ended.
  Result<CodeResult> run(Language language, std::string_view code, std::stop_token stop = {}) const;

private:
  std::vector<std::string> arguments(std::string_view file, std::string_view script) const;
  ProcessResult start(std::string_view file, std::string_view script, std::string_view code,
                      std::stop_token stop) const;
  Result<void> try_once() const;

  std::string bwrap_;
  SandboxLimits limits_;
  bool filtered_ = false;
  std::vector<Language> has_;
  Result<void> works_;
};

}  // namespace preceptor::evidence
