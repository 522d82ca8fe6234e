// What every command shares: the program's options, its way of printing, its exit codes.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.hpp"

namespace preceptor::cli {

// 0 done, 1 failed, 2 wrong use of the command line, 3 bad input, 4 not found, 5 refused (rights, conflict),
// 6 no space, 7 something that should answer does not, 130 interrupted.
int exit_code_of(ErrorKind kind);

// The running command sets its exit code here; a Result that failed is thrown by `orThrow`.
struct Invocation {
  bool json = false;  // --json: machine-readable output on stdout, nothing else there
  int exit_code = 0;
};

void print_json(const nlohmann::json& value);

// The value, or the refusal as a Failure, which main prints and turns into an exit code.
template <class T>
T or_throw(Result<T> result) {
  if (!result) throw Failure(result.error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

inline constexpr const char* data_file_help =
    "JSON lines or a JSON array, plain, .gz or .zst: TRL shapes, hh-rlhf, Open Assistant";

void add_admin_command(CLI::App&, Invocation&);
void add_backup_commands(CLI::App&, Invocation&);  // backup and restore
void add_bench_command(CLI::App&, Invocation&);
void add_data_command(CLI::App&, Invocation&);
void add_data_export_command(CLI::App& data, Invocation&);  // below `data`
void add_data_stats_command(CLI::App& data, Invocation&);
void add_demo_command(CLI::App&, Invocation&);
void add_doctor_command(CLI::App&, Invocation&);
void add_generate_command(CLI::App&, Invocation&);
void add_lineage_command(CLI::App&, Invocation&);
void add_model_command(CLI::App&, Invocation&);
void add_model_file_commands(CLI::App& model, Invocation&);  // below `model`
void add_score_command(CLI::App&, Invocation&);
void add_serve_command(CLI::App&, Invocation&);
void add_train_command(CLI::App&, Invocation&);
void add_verify_command(CLI::App&, Invocation&);
void add_worker_command(CLI::App&, Invocation&);

}  // namespace preceptor::cli
