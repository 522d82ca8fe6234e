#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "base/format.hpp"
#include "base/log.hpp"
#include "cli/installation.hpp"
#include "cli/signals.hpp"
#include "loop/worker.hpp"

namespace preceptor::cli {
namespace {

struct WorkerCommand {
  InstallationOptions installation;
  int threads = 0;
  bool child = false;

  void run() {
    if (child) ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    StopOnSignal signals;
    Installation opened(installation);
    loop::WorkerOptions options{.name = fmt::format("{}-{}", hostname(), ::getpid()), .threads = threads};
    log_info("Worker {} waits for jobs", options.name);
    loop::Worker(*opened.database, opened.workspace, opened.clock, options).run(signals.token());
  }

  static std::string hostname() {
    char name[256] = "worker";
    ::gethostname(name, sizeof name - 1);
    return name;
  }
};

}  // namespace

void add_worker_command(CLI::App& app, Invocation&) {
  auto command = std::make_shared<WorkerCommand>();
  CLI::App* sub = app.add_subcommand("worker", "Run jobs: generation, snapshots, training, evaluation");
  add_installation_options(*sub, command->installation);
  sub->add_option("--threads", command->threads, "Threads of the engine (0: all)")
      ->check(CLI::Range(0, 1024));
  sub->add_flag("--child", command->child, "End with the process that started this one");
  sub->callback([command] { command->run(); });
}

}  // namespace preceptor::cli
