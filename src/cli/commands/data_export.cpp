#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "cli/data_export.hpp"
#include "cli/installation.hpp"

namespace preceptor::cli {
namespace {

const std::map<std::string, ExportKind> kinds{{"preferences", ExportKind::preferences},
                                              {"demonstrations", ExportKind::demonstrations}};

struct ExportCommand {
  InstallationOptions installation;
  std::string project;
  std::string kind;
  std::string out;

  void run(const Invocation& invocation) const {
    Installation::must_exist(installation);
    if (std::filesystem::exists(out))
      throw Failure(ErrorKind::conflict, fmt::format("{} is there already.", out), "Name another file.");
    Installation opened(installation);
    const feedback::ProjectId id = opened.project(project);
    const ExportedData data = loop::read(*opened.database, [&](loop::Records& records) {
      return export_judgments(records, id, kinds.at(kind));
    });
    if (data.rows == 0)
      throw Failure(ErrorKind::not_found, fmt::format("The project has no {} yet.", kind),
                    data.left_out.empty() ? "They come from counted judgments that are no golds."
                                          : "What there is was left out: " + words_of(data.left_out));
    write_file_atomic(out, data.lines);
    if (invocation.json)
      return print_json({{"file", out},
                         {"kind", kind},
                         {"rows", data.rows},
                         {"sha256", sha256_hex(data.lines)},
                         {"left_out", data.left_out}});
    fmt::print("{} {} are in {}, as TRL reads them.\n", data.rows, kind, out);
    for (const auto& [reason, count] : data.left_out) fmt::print("  {:>8} left out: {}\n", count, reason);
  }

  static std::string words_of(const std::map<std::string, std::int64_t>& left_out) {
    std::string text;
    for (const auto& [reason, count] : left_out)
      text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", reason, count);
    return text + ".";
  }
};

}  // namespace

void add_data_export_command(CLI::App& data, Invocation& invocation) {
  auto command = std::make_shared<ExportCommand>();
  CLI::App* sub =
      data.add_subcommand("export", "Write a project's judgments as a TRL data set, without names");
  sub->add_option("OUT", command->out, "New file, JSON lines")->required();
  sub->add_option("--project", command->project, "Name or id of the project")->required();
  sub->add_option("--kind", command->kind, "preferences or demonstrations")
      ->required()
      ->check(CLI::IsMember({"preferences", "demonstrations"}));
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  add_installation_options(*sub, command->installation);
  sub->callback([command, &invocation] { command->run(invocation); });
}

}  // namespace preceptor::cli
