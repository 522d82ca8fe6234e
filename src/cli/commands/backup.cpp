#include "cli/backup.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "loop/verify.hpp"

namespace preceptor::cli {
namespace {

nlohmann::json to_json(const BackupReport& report) {
  return {{"schema_version", report.schema_version},
          {"events", report.events},
          {"last_root", report.last_root},
          {"blobs", report.blobs},
          {"blob_bytes", report.blob_bytes}};
}

std::string text_of(const BackupReport& report) {
  return format("{} blobs ({:.1f} MB); the event log has {} sealed events, its last root is {}", report.blobs,
                static_cast<double>(report.blob_bytes) / 1e6, report.events,
                report.last_root.empty() ? "none" : report.last_root);
}

struct BackupCommand {
  InstallationOptions installation;
  std::string target;

  void run(const Invocation& invocation) const {
    Installation::must_exist(installation);
    Installation opened(installation);
    const BackupReport report = make_backup(opened, target);
    if (invocation.json) return print_json(to_json(report));
    fmt::print(
        "{} holds the database and {}.\nKeep the root elsewhere too: it shows whether history was changed.\n",
        target, text_of(report));
  }
};

struct RestoreCommand {
  InstallationOptions installation;
  std::string source;

  void run(Invocation& invocation) const {
    const BackupReport report = or_throw(restore_backup(source, installation));
    Installation opened(installation);
    const auto found =
        loop::read(*opened.database, [](loop::Records& records) { return loop::verify(records); });
    if (!found.log.differences.empty()) invocation.exit_code = 1;
    if (invocation.json) {
      auto answer = to_json(report);
      answer["differences"] = found.log.differences;
      return print_json(answer);
    }
    fmt::print("{} is as it was: {} judgments, {}.\n", installation.workspace, found.log.judgments,
               text_of(report));
    for (const std::string& difference : found.log.differences) fmt::print("DIFFERENCE: {}\n", difference);
  }
};

}  // namespace

void add_backup_commands(CLI::App& app, Invocation& invocation) {
  const auto backup = std::make_shared<BackupCommand>();
  CLI::App* sub =
      app.add_subcommand("backup", "Copy a workspace, database and blobs, while others go on serving it");
  sub->add_option("FOLDER", backup->target, "Folder to make")->required();
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  add_installation_options(*sub, backup->installation);
  sub->callback([backup, &invocation] { backup->run(invocation); });

  const auto restore = std::make_shared<RestoreCommand>();
  sub = app.add_subcommand("restore", "Make a workspace from a backup, and verify it; overwrites nothing");
  sub->add_option("FOLDER", restore->source, "Folder that preceptor backup has made")->required();
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  add_installation_options(*sub, restore->installation);
  sub->callback([restore, &invocation] { restore->run(invocation); });
}

}  // namespace preceptor::cli
