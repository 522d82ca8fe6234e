#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "base/format.hpp"
#include "base/log_fields.hpp"
#include "base/password.hpp"
#include "cli/installation.hpp"
#include "cli/served_models.hpp"
#include "cli/signals.hpp"
#include "cli/worker_process.hpp"
#include "feedback/accounts.hpp"
#include "loop/chat.hpp"
#include "server/model_server.hpp"
#include "server/server.hpp"

namespace preceptor::cli {
namespace {

struct ServeCommand {
  InstallationOptions installation;
  std::string address = "127.0.0.1";
  std::uint16_t port = 8420;
  bool no_worker = false;
  bool secure_cookies = false;
  bool log_requests = false;
  std::string log_format = "text";
  std::string model;  // a folder, served without a workspace
  std::string precision = "bf16";
  std::string weights;
  loop::CompletionModelOptions model_options;

  void run_model() {
    StopOnSignal signals;
    const SystemClock clock;
    server::http::ServerOptions options;
    options.address = address;
    options.port = port;
    model_options.fp32 = precision == "fp32";
    model_options.int8_weights = weights == "int8";
    auto opened = or_throw(loop::CompletionModel::open(model, model_options));
    const auto server =
        or_throw(server::ModelServer::start(options, single_model(std::move(opened), model, clock), clock));
    fmt::print("Preceptor serves {} at http://{}:{}/v1\n", model, address, server->port());
    std::fflush(stdout);
    signals.wait();
    server->stop();
  }

  void run() {
    if (log_format == "json") set_log_format(LogFormat::json);
    if (!model.empty()) return run_model();
    StopOnSignal signals;
    Installation opened(installation);
    loop::Chat chat(*opened.database, opened.workspace);
    server::Options options;
    options.http.address = address;
    options.http.port = port;
    options.secure_cookies = secure_cookies;
    options.log_requests = log_requests;
    const server::Parts parts{
        .storage = *opened.database,
        .clock = opened.clock,
        .chat = [&](const feedback::Actor& actor, const loop::ChatRequest& request,
                    const std::function<bool(std::string_view)>& on_text,
                    std::stop_token stop) { return chat.reply(actor, request, on_text, std::move(stop)); },
        .models = workspace_models(chat)};
    const auto server = or_throw(server::Server::start(options, parts));
    // Only now: had the port been taken, nobody would have read the password.
    welcome_first_administrator(opened);
    std::unique_ptr<WorkerProcess> worker;
    if (!no_worker) worker = std::make_unique<WorkerProcess>(installation.workspace, installation.database);
    fmt::print("Preceptor serves {} at http://{}:{}\n", installation.workspace, address, server->port());
    std::fflush(stdout);
    signals.wait();
    log_info("The server stops");
    server->stop();
  }

  // A new workspace has nobody who could sign in: one administrator is made, the password shown this once.
  void welcome_first_administrator(Installation& opened) const {
    const bool empty = loop::read(
        *opened.database, [](loop::Records& records) { return records.people({.limit = 1}).items.empty(); });
    if (!empty) return;
    const std::string password = random_token(9);
    const auto prepared = or_throw(feedback::prepare_person(
        {.login = "admin", .name = "Administrator", .password = password, .administrator = true},
        opened.clock));
    or_throw(loop::write(*opened.database, [&](loop::Records& records) {
      return feedback::create_person_locally(records, prepared, opened.clock);
    }));
    fmt::print("The workspace is new. Sign in as admin with the password {} (shown this once).\n", password);
    std::fflush(stdout);
  }
};

}  // namespace

void add_serve_command(CLI::App& app, Invocation&) {
  auto command = std::make_shared<ServeCommand>();
  CLI::App* sub =
      app.add_subcommand("serve", "Serve a workspace to browsers and scripts, with a worker for its jobs");
  add_installation_options(*sub, command->installation);
  sub->add_option("--address", command->address, "Address to listen on")->capture_default_str();
  sub->add_option("--port", command->port, "Port (0: any that is free)")->capture_default_str();
  sub->add_flag("--no-worker", command->no_worker, "Jobs are run by preceptor worker elsewhere");
  sub->add_flag("--secure-cookies", command->secure_cookies, "Cookies over TLS only: behind a TLS proxy");
  sub->add_flag("--log-requests", command->log_requests,
                "Log every request, not only those that are slow or fail");
  sub->add_option("--log-format", command->log_format, "text, or json: one object a line")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  sub->add_option(
      "--model", command->model,
      "Serve this model folder alone, without a workspace or sign-in, to this machine: OpenAI's API");
  sub->add_option("--threads", command->model_options.threads, "Threads for --model (0: all)")
      ->check(CLI::Range(0, 1024));
  sub->add_option("--precision", command->precision, "bf16 or fp32, for --model")
      ->check(CLI::IsMember({"bf16", "fp32"}))
      ->capture_default_str();
  sub->add_option("--weights", command->weights,
                  "int8, for --model: half the memory of bf16 and faster, not quite as exact")
      ->check(CLI::IsMember({"int8"}));
  sub->callback([command] { command->run(); });
}

}  // namespace preceptor::cli
