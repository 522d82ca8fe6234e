// preceptor model pull | check | merge: models as files, without a workspace.
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "cli/command.hpp"
#include "cli/model_export.hpp"
#include "cli/model_pull.hpp"
#include "cli/signals.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/lora_files.hpp"
#include "engine/formats/model_check.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

constexpr int bad_input = 3;

void print_sources(bool as_json) {
  json list = json::array();
  for (const ModelSource& source : model_sources()) {
    list.push_back({{"name", source.name},
                    {"about", source.about},
                    {"licence", source.licence},
                    {"terms", source.terms_url},
                    {"sha256", source.sha256}});
  }
  if (as_json) return print_json(list);
  for (const ModelSource& source : model_sources())
    fmt::print("{:<22} {:<48} {}\n", source.name, source.about, source.licence);
}

struct PullCommand {
  std::string name, out, mirror, from;
  bool accept = false;

  void run(const Invocation& invocation) const {
    if (name.empty()) return print_sources(invocation.json);
    const ModelSource* source = model_source(name);
    if (source == nullptr) {
      throw Failure(ErrorKind::not_found, fmt::format("There is no model known as {}.", name),
                    "preceptor model pull lists those that are.");
    }
    fmt::print(stderr, "{}: {}\nLicence: {} ({})\nsha256 {}\n", source->name, source->about, source->licence,
               source->terms_url, source->sha256);
    if (source->must_be_accepted) ask_consent(*source);
    const StopOnSignal signals;
    const auto path = or_throw(
        pull_model({.source = source, .folder = out.empty() ? name : out, .mirror = mirror, .from = from},
                   progress(), signals.token()));
    if (invocation.json) return print_json({{"path", path.string()}, {"sha256", source->sha256}});
    fmt::print("{}\n", path.string());
  }

  void ask_consent(const ModelSource& source) const {
    if (accept) return;
    if (::isatty(STDIN_FILENO) != 0) {
      fmt::print(stderr, "Read the terms there. Do you accept them? Type yes: ");
      std::string answer;
      if (std::getline(std::cin, answer) && answer == "yes") return;
    }
    throw Failure(ErrorKind::forbidden, fmt::format("The terms of {} were not accepted.", source.name),
                  "Read them and run this again with --accept-licence.");
  }

  static net::OnProgress progress() {
    if (::isatty(STDERR_FILENO) == 0) return {};
    return [last = std::uint64_t{0}](std::uint64_t received, std::uint64_t total) mutable {
      constexpr std::uint64_t step = std::uint64_t{4} << 20U;
      if (received / step == last / step && received != total) return;
      last = received;
      fmt::print(stderr, "\r{} of {} MB{}", received >> 20U, total >> 20U, received == total ? "\n" : "");
      std::fflush(stderr);
    };
  }
};

struct CheckCommand {
  std::string path;

  void run(Invocation& invocation) const {
    const engine::ModelCheck check = engine::check_model(path);
    if (!check.usable()) invocation.exit_code = bad_input;
    if (invocation.json) {
      json findings = json::array();
      for (const engine::CheckFinding& one : check.findings)
        findings.push_back({{"kind", engine::name_of(one.kind)}, {"topic", one.topic}, {"text", one.text}});
      return print_json({{"usable", check.usable()}, {"findings", std::move(findings)}});
    }
    for (const engine::CheckFinding& one : check.findings)
      fmt::print("{:<8} {:<11} {}\n", engine::name_of(one.kind), one.topic, one.text);
    fmt::print("{}\n", check.usable() ? "usable" : "not usable");
  }
};

struct MergeCommand {
  std::string base, adapter, out;
  ExportOptions options;

  void run() const {
    must_not_exist(out);
    engine::LoadedModel model = or_throw(engine::load_model(base));
    const engine::LoraAdapter lora = or_throw(engine::load_adapter(adapter, model.parameters.config()));
    engine::merge(model.parameters, lora);
    export_model(out, model, options);
    fmt::print("{} adapted matrices of rank {} are merged: {}\n", lora.targets.size(), lora.rank, out);
  }
};

}  // namespace

void add_model_file_commands(CLI::App& model, Invocation& invocation) {
  auto pull = std::make_shared<PullCommand>();
  CLI::App* sub =
      model.add_subcommand("pull", "Fetch a known model, verified by its hash (without a name: list them)");
  sub->add_option("NAME", pull->name, "Name of the model");
  sub->add_option("--out", pull->out, "Folder for the file (else one of the model's name)");
  sub->add_option("--from", pull->from, "Take it from this file, or from a folder that has it or its parts");
  sub->add_option("--mirror", pull->mirror, "Another host with the same paths, as http://host:port");
  sub->add_flag("--accept-licence", pull->accept, "The terms of its owner have been read and are accepted");
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  sub->callback([pull, &invocation] { pull->run(invocation); });

  auto check = std::make_shared<CheckCommand>();
  sub = model.add_subcommand("check", "Look at everything in a model folder or .gguf file");
  sub->add_option("PATH", check->path, "Model folder or .gguf file")->required();
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  sub->callback([check, &invocation] { check->run(invocation); });

  auto merge = std::make_shared<MergeCommand>();
  sub = model.add_subcommand("merge", "Add a LoRA adapter to its base model");
  sub->add_option("BASE", merge->base, "Model folder or .gguf file")->required();
  sub->add_option("ADAPTER", merge->adapter, "Folder with adapter_config.json")->required();
  sub->add_option("OUT", merge->out, "New folder, or file with --format gguf")->required();
  add_export_options(*sub, merge->options);
  sub->callback([merge] { merge->run(); });
}

}  // namespace preceptor::cli
