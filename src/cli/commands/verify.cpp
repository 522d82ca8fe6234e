#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "cli/installation.hpp"
#include "loop/lineage.hpp"
#include "loop/verify.hpp"

namespace preceptor::cli {
namespace {

struct VerifyCommand {
  InstallationOptions installation;

  void run(Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    loop::VerifyReport found =
        loop::read(*opened.database, [](loop::Records& records) { return loop::verify(records); });
    feedback::VerifyReport& report = found.log;
    verify_models(opened, report.differences);
    if (!report.differences.empty()) invocation.exit_code = 1;
    if (invocation.json)
      return print_json({{"events", report.events},
                         {"unsealed", report.unsealed},
                         {"roots", report.roots},
                         {"judgments", report.judgments},
                         {"tasks", report.tasks},
                         {"golds", report.golds},
                         {"erased", report.erased},
                         {"rounds", found.rounds},
                         {"snapshots", found.snapshots},
                         {"runs", found.runs},
                         {"models", found.models},
                         {"evaluations", found.evaluations},
                         {"promotions", found.promotions},
                         {"last_root", report.last_root},
                         {"differences", report.differences}});
    fmt::print("{} events under {} roots ({} not sealed yet), last root {}\n", report.events, report.roots,
               report.unsealed, report.last_root.empty() ? "none" : report.last_root);
    fmt::print("{} judgments on {} tasks, {} gold answers\n", report.judgments, report.tasks, report.golds);
    fmt::print("{} rounds, {} snapshots, {} runs, {} models, {} evaluations, {} promotions\n", found.rounds,
               found.snapshots, found.runs, found.models, found.evaluations, found.promotions);
    for (const std::string& difference : report.differences) fmt::print("DIFFERENCE: {}\n", difference);
    if (report.differences.empty()) fmt::print("All is as the log says.\n");
  }

  // Every hash on the way from a model to its judgments.
  static void verify_models(Installation& opened, std::vector<std::string>& differences) {
    opened.database->read([&](loop::Records& records) {
      for (const feedback::Project& project : records.projects())
        for (const loop::Model& model : records.models(project.id)) {
          for (std::string& difference : loop::verify_lineage(records, opened.workspace, model.id))
            if (std::find(differences.begin(), differences.end(), difference) == differences.end())
              differences.push_back(std::move(difference));
        }
    });
  }
};

}  // namespace

void add_verify_command(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<VerifyCommand>();
  CLI::App* sub = app.add_subcommand("verify", "Check the event log and everything that follows from it");
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  add_installation_options(*sub, command->installation);
  sub->callback([command, &invocation] { command->run(invocation); });
}

}  // namespace preceptor::cli
