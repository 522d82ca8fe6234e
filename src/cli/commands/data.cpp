#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "cli/data_import.hpp"
#include "cli/installation.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

constexpr std::size_t errors_shown = 20;

json report_json(const learning::ImportReport& report) {
  json errors = json::array();
  for (const learning::RowError& error : report.errors)
    errors.push_back({{"line", error.line}, {"reason", error.reason}});
  return {{"shape", report.shape ? learning::name(*report.shape) : "unknown"},
          {"rows", report.rows},
          {"rows_good", report.rows_good},
          {"rows_bad", report.rows_bad},
          {"records", report.records},
          {"left_out", report.left_out},
          {"errors", errors}};
}

void print_report(const std::string& file, const learning::ImportReport& report) {
  fmt::print("{}: {}, {} rows, {} bad\n", file,
             report.shape ? learning::name(*report.shape) : "of no known shape", report.rows,
             report.rows_bad);
  for (const auto& [kind, count] : report.records) fmt::print("  {:>8} {}\n", count, kind);
  for (const auto& [reason, count] : report.left_out) fmt::print("  {:>8} left out: {}\n", count, reason);
  for (std::size_t i = 0; i < std::min(errors_shown, report.errors.size()); ++i)
    fmt::print("  {}:{}: {}\n", file, report.errors[i].line, report.errors[i].reason);
  if (report.errors.size() > errors_shown)
    fmt::print("  … and {} more\n", static_cast<std::size_t>(report.rows_bad) - errors_shown);
  if (!report.shape) fmt::print("What can be read: {}.\n", data_file_help);
}

struct CheckCommand {
  std::string file;

  void run(Invocation& invocation) {
    const auto data = or_throw(learning::read_dataset(file, {.bad_rows = learning::BadRows::refuse_file}));
    if (data.report.rows_bad > 0) invocation.exit_code = 3;
    if (invocation.json) return print_json(report_json(data.report));
    print_report(file, data.report);
  }
};

struct DataImportCommand {
  InstallationOptions installation;
  std::string file;
  std::string project;
  bool dry_run = false;
  bool keep_good = false;

  void run(Invocation& invocation) {
    const learning::ReadOptions options{.bad_rows = keep_good ? learning::BadRows::keep_good
                                                              : learning::BadRows::refuse_file};
    if (!dry_run) Installation::must_exist(installation);
    const auto data = or_throw(learning::read_dataset(file, options));
    json answer = report_json(data.report);
    if (!invocation.json) print_report(file, data.report);
    const bool refused = data.report.rows_bad > 0 && !keep_good;
    if (refused) invocation.exit_code = 3;
    answer["imported"] = false;
    if (!refused) enter(data, answer, invocation);
    if (invocation.json) return print_json(answer);
    if (refused) fmt::print("Nothing was imported. Mend the rows, or import the others with --keep-good.\n");
    if (!refused && dry_run) fmt::print("A dry run: nothing was imported.\n");
  }

  void enter(const learning::ImportedData& data, json& answer, const Invocation& invocation) {
    if (dry_run && !std::filesystem::exists(installation.workspace)) {
      if (!invocation.json)
        fmt::print("There is no workspace at {} yet: only the file was counted.\n", installation.workspace);
      return;
    }
    Installation opened(installation);
    const std::string source = std::filesystem::path(file).filename().string();
    const ImportCounts counts =
        or_throw(import_dataset(*opened.database, opened.project(project), data, source, opened.clock,
                                dry_run ? ImportMode::dry_run : ImportMode::keep));
    answer["imported"] = !dry_run;
    answer["prompts"] = counts.prompts;
    answer["responses"] = counts.responses;
    answer["compare_tasks"] = counts.compare_tasks;
    answer["prompts_known"] = counts.prompts_known;
    if (invocation.json) return;
    fmt::print("{} {} prompts, {} responses and {} comparisons to judge.\n",
               dry_run ? "There would be" : "Imported", counts.prompts, counts.responses,
               counts.compare_tasks);
    if (counts.prompts_known > 0)
      fmt::print("{} prompts are in the project already and stay as they are.\n", counts.prompts_known);
  }
};

}  // namespace

void add_data_command(CLI::App& app, Invocation& invocation) {
  CLI::App* data = app.add_subcommand("data", "Data sets: check, stats, import, export");
  data->require_subcommand(1);

  auto check = std::make_shared<CheckCommand>();
  CLI::App* sub = data->add_subcommand("check", "Count what a file holds and tell every bad row");
  sub->add_option("FILE", check->file, data_file_help)->required();
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  sub->callback([check, &invocation] { check->run(invocation); });

  auto import = std::make_shared<DataImportCommand>();
  sub = data->add_subcommand("import", "Enter a file's prompts, answers and comparisons into a project");
  sub->add_option("FILE", import->file, data_file_help)->required();
  sub->add_option("--project", import->project, "Name or id of the project")->required();
  sub->add_flag("--dry-run", import->dry_run, "Only count what would be imported");
  sub->add_flag("--keep-good", import->keep_good, "Import the good rows of a file that has bad ones");
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  add_installation_options(*sub, import->installation);
  sub->callback([import, &invocation] { import->run(invocation); });

  add_data_stats_command(*data, invocation);
  add_data_export_command(*data, invocation);
}

}  // namespace preceptor::cli
