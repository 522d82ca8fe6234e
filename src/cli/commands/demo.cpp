#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/password.hpp"
#include "cli/command.hpp"
#include "cli/demo/demo_run.hpp"
#include "cli/demo/server_process.hpp"
#include "cli/free_port.hpp"
#include "cli/installation.hpp"
#include "cli/shipped_base.hpp"
#include "feedback/accounts.hpp"

namespace preceptor::cli {
namespace {

constexpr const char* begun_file =
    "demo-begun";  // there while the loop runs: what it left may be thrown away
constexpr const char* report_file = "demo-report.txt";  // there once it is finished
constexpr const char* sign_in_file = "demo-sign-in.txt";
constexpr const char* login = "lead";

// Stages as they go on: on a terminal one line that is written over, else a line a stage.
class StageLines {
public:
  void hear(const std::string& stage, const std::string& message) {
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    const bool ended = message.starts_with("done in ");
    const auto now = std::chrono::steady_clock::now();
    if (!ended && (!terminal || now - shown_ < std::chrono::milliseconds(100))) return;
    shown_ = now;
    fmt::print(stderr, "{}demo: {:<18} {}{}", terminal ? "\r\033[K" : "", stage, message, ended ? "\n" : "");
    std::fflush(stderr);
  }

private:
  std::chrono::steady_clock::time_point shown_{};
};

struct DemoCommand {
  std::string workspace;
  std::string base;
  std::string json_file;
  int port = 8420;
  bool no_serve = false;

  void run(Invocation& invocation) {
    std::optional<TemporaryFolder> temporary;
    if (workspace.empty() && no_serve) {
      temporary.emplace();
      workspace = (temporary->path() / "workspace").string();
    } else if (workspace.empty()) {
      workspace = "workspace";
    }
    const std::filesystem::path folder = workspace;
    if (std::filesystem::exists(folder / report_file)) return serve_again(folder, invocation);
    make_ready(folder);
    const std::string password = random_token(9);
    create_lead(password);
    const int chosen = no_serve ? free_port() : port;
    ServerProcess server(folder, chosen, folder / "server.log");
    const DemoReport report = go_round(folder, server, password);
    finish(folder, report, password);
    if (no_serve) return;
    invite(server, folder);
    invocation.exit_code = server.wait();
  }

  void make_ready(const std::filesystem::path& folder) const {
    if (std::filesystem::exists(folder / begun_file))
      std::filesystem::remove_all(folder);  // an interrupted demo
    if (std::filesystem::exists(folder / "preceptor.db"))
      throw Failure(ErrorKind::conflict,
                    fmt::format("{} holds a workspace that is not the demo's.", folder.string()),
                    "Name another folder with --workspace.");
    std::filesystem::create_directories(folder);
    write_file_atomic(folder / begun_file, "The loop of the demo runs here.\n");
  }

  void create_lead(const std::string& password) const {
    Installation opened({.workspace = workspace, .database = {}});
    const auto prepared = or_throw(feedback::prepare_person(
        {.login = login, .name = "Demo lead", .password = password, .administrator = true}, opened.clock));
    or_throw(loop::write(*opened.database, [&](loop::Records& records) {
      return feedback::create_person_locally(records, prepared, opened.clock);
    }));
  }

  DemoReport go_round(const std::filesystem::path& folder, const ServerProcess& server,
                      const std::string& password) const {
    fmt::print(
        stderr,
        "demo: twelve experts, all simulated, judge the answers of a small model in an invented country;\n"
        "demo: the model learns from them and is measured against what it was.\n");
    const std::filesystem::path shipped = folder / "base";
    if (base.empty()) write_shipped_base(shipped);
    StageLines lines;
    DemoReport report = run_demo(
        {.workspace = folder,
         .base_model = base.empty() ? shipped : std::filesystem::path(base),
         .address = server.address(),
         .login = login,
         .password = password,
         .plan = {},
         .heard = [&](const std::string& stage, const std::string& message) { lines.hear(stage, message); }});
    std::filesystem::remove_all(shipped);
    return report;
  }

  void finish(const std::filesystem::path& folder, const DemoReport& report,
              const std::string& password) const {
    const std::string text = to_text(report);
    fmt::print("{}", text);
    std::fflush(stdout);
    if (!json_file.empty()) write_file_atomic(json_file, to_json(report).dump(2) + "\n");
    const std::filesystem::path secret = folder / sign_in_file;
    write_file_atomic(secret, fmt::format("login: {}\npassword: {}\n", login, password));
    ::chmod(secret.c_str(), 0600);
    write_file_atomic(folder / report_file, text);
    std::filesystem::remove(folder / begun_file);
    if (!report.lineage_verified)
      throw Failure(ErrorKind::corrupt, "The lineage of a model does not add up.");
  }

  void invite(const ServerProcess& server, const std::filesystem::path& folder) const {
    const auto sign_in = read_file(folder / sign_in_file, 4096);
    fmt::print("\nThe same workspace is open at {}\n{}\n", server.address(), sign_in ? *sign_in : "");
    fmt::print(
        "Look at the round, read the evaluation with its transcripts, promote the model, chat with "
        "it.\nCtrl+C ends the server.\n");
    std::fflush(stdout);
  }

  void serve_again(const std::filesystem::path& folder, Invocation& invocation) const {
    if (no_serve || !json_file.empty())
      throw Failure(ErrorKind::conflict, fmt::format("The demo has run in {} already.", folder.string()),
                    "Name a new folder with --workspace, or leave it out together with --no-serve.");
    const auto report = read_file(folder / report_file, 1 << 20);
    fmt::print("{}\nThis loop ran earlier; for a new one name another folder with --workspace.\n",
               report ? *report : "");
    ServerProcess server(folder, port, folder / "server.log");
    invite(server, folder);
    invocation.exit_code = server.wait();
  }
};

}  // namespace

void add_demo_command(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<DemoCommand>();
  CLI::App* sub = app.add_subcommand(
      "demo", "The whole loop once with simulated experts, then the same workspace for people");
  sub->add_option("--workspace", command->workspace,
                  "New folder (default: workspace; with --no-serve a temporary one)");
  sub->add_option("--base", command->base,
                  "Model folder to start from (default: the one that is part of the program)");
  sub->add_option("--port", command->port, "Port to serve on")
      ->check(CLI::Range(1, 65535))
      ->capture_default_str();
  sub->add_option("--json", command->json_file, "Write the figures to this file");
  sub->add_flag("--no-serve", command->no_serve, "End after the loop");
  sub->callback([command, &invocation] { command->run(invocation); });
}

}  // namespace preceptor::cli
