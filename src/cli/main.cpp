// The program: one command line over all modules.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/format.hpp"
#include "base/version.hpp"
#include "cli/command.hpp"
#include "engine/kernels/threads.hpp"

int main(int argument_count, char** arguments) {
  using namespace preceptor;
  engine::wait_briefly(arguments);
  CLI::App app("Preceptor turns expert judgment into a better language model, on your own machines.",
               "preceptor");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(version()));
  app.failure_message(CLI::FailureMessage::help);
  cli::Invocation invocation;
  cli::add_demo_command(app, invocation);
  cli::add_serve_command(app, invocation);
  cli::add_worker_command(app, invocation);
  cli::add_admin_command(app, invocation);
  cli::add_data_command(app, invocation);
  cli::add_train_command(app, invocation);
  cli::add_model_command(app, invocation);
  cli::add_generate_command(app, invocation);
  cli::add_score_command(app, invocation);
  cli::add_lineage_command(app, invocation);
  cli::add_verify_command(app, invocation);
  cli::add_backup_commands(app, invocation);
  cli::add_bench_command(app, invocation);
  cli::add_doctor_command(app, invocation);
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  } catch (const Failure& failure) {
    fmt::print(stderr, "preceptor: {}\n", failure.error.text());
    return cli::exit_code_of(failure.error.kind);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "preceptor: {}\n", problem.what());
    return 1;
  }
  return invocation.exit_code;
}
