#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/format.hpp"
#include "base/version.hpp"
#include "cli/installation.hpp"
#include "cli/shipped_base.hpp"
#include "engine/formats/manifest.hpp"
#include "evidence/sandbox.hpp"
#include "server/web/assets.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

struct DoctorCommand {
  InstallationOptions installation;

  void run(Invocation& invocation) {
    json findings = json::array();
    const auto add = [&](std::string_view what, std::string_view state, std::string text) {
      findings.push_back({{"what", what}, {"state", state}, {"text", std::move(text)}});
    };
    add("program", "good", fmt::format("Preceptor {}", version()));
    const engine::Determinism machine = engine::determinism_here(engine::Precision::bf16, 0);
    const bool bf16 = engine::cpu_has_bf16();
    add("processor", bf16 ? "good" : "fair",
        fmt::format("{}, {} threads{}", machine.isa, machine.threads,
                    bf16 ? "" : "; no bf16 products: training runs in fp32, about half as fast"));
    for (const auto& [name, number] : machine.libraries)
      add("library", "good", fmt::format("{} {}", name, number));
    add("browser assets", !server::web::embedded_assets().empty() ? "good" : "missing",
        !server::web::embedded_assets().empty()
            ? "The web app is part of the program"
            : "The web app was not built: run scripts/build-web and build again");
    const bool base = shipped_base_is_there();
    add("demo base model", base ? "good" : "missing",
        base ? "Part of the program"
             : "Make it: preceptor train pretrain --recipe demo/base.toml --out demo/base, then build again");
    check_sandbox(add);
    check_database(add);
    for (const json& finding : findings)
      if (finding.at("state") == "missing") invocation.exit_code = 1;
    if (invocation.json) return print_json({{"findings", findings}});
    for (const json& finding : findings)
      fmt::print("{:<8} {:<16} {}\n", finding.at("state").get<std::string>(),
                 finding.at("what").get<std::string>(), finding.at("text").get<std::string>());
  }

  // Without it everything else works; only code in answers cannot be run.
  template <class Add>
  void check_sandbox(const Add& add) const {
    const evidence::Sandbox sandbox;
    if (!sandbox.works()) return add("sandbox", "fair", sandbox.works().error().text());
    std::string languages;
    for (const evidence::Language language : sandbox.has())
      languages += (languages.empty() ? "" : ", ") + std::string(name_of(language));
    add("sandbox", languages.empty() ? "fair" : "good",
        languages.empty() ? "Works, but no interpreter or compiler was found below /usr"
                          : fmt::format("Runs {}", languages));
  }

  template <class Add>
  void check_database(const Add& add) const {
    if (installation.database.empty() &&
        !std::filesystem::exists(std::filesystem::path(installation.workspace) / "preceptor.db"))
      return add(
          "database", "good",
          fmt::format("SQLite; {} holds none yet and gets one with preceptor serve", installation.workspace));
    try {
      Installation opened(installation);
      const store::DatabaseInfo info = opened.database->info();
      add("database", "good",
          fmt::format("{} at {}, schema {}", info.engine, info.address, info.schema_version));
    } catch (const Failure& failure) {
      add("database", "missing", failure.error.text());
    }
  }
};

}  // namespace

void add_doctor_command(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<DoctorCommand>();
  CLI::App* sub = app.add_subcommand("doctor", "What this machine can do, and what is missing");
  add_installation_options(*sub, command->installation);
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  sub->callback([command, &invocation] { command->run(invocation); });
}

}  // namespace preceptor::cli
