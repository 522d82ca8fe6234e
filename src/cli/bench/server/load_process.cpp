#include "cli/bench/server/load_process.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "cli/bench/server/load_generator.hpp"

namespace preceptor::cli {

using nlohmann::json;

LoadResult run_load_process(const LoadPlan& plan) {
  const TemporaryFolder folder;
  const std::string in = (folder.path() / "plan.json").string();
  const std::string out = (folder.path() / "result.json").string();
  write_file_atomic(in, to_json(plan).dump());
  std::fflush(nullptr);
  const pid_t process = ::fork();
  if (process < 0) throw Failure(ErrorKind::internal, "The load generator could not be started.");
  if (process == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (std::freopen(in.c_str(), "r", stdin) == nullptr || std::freopen(out.c_str(), "w", stdout) == nullptr)
      ::_exit(126);
    ::execl("/proc/self/exe", "preceptor", "bench", "judging-load", nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  const auto text = read_file(out, std::size_t{1} << 30);
  if (status != 0 || !text)
    throw Failure(ErrorKind::internal, format("The load generator failed (status {}).", status));
  return load_result_from(json::parse(*text));
}

void be_load_process() {
  std::string text;
  char buffer[65536];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;)
    text.append(buffer, got);
  fmt::print("{}", to_json(generate_load(load_plan_from(json::parse(text)))).dump());
}

}  // namespace preceptor::cli
