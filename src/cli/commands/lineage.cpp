#include <memory>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "cli/installation.hpp"
#include "loop/lineage.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

struct LineageCommand {
  InstallationOptions installation;
  std::string model;
  std::int64_t judgment = 0;

  void run(Invocation& invocation) {
    Installation::must_exist(installation);
    Installation opened(installation);
    if (judgment > 0) return of_judgment(opened, invocation);
    if (model.empty())
      throw Failure(ErrorKind::invalid, "Name a model, or a judgment with --judgment.",
                    "preceptor lineage --help shows how.");
    of_model(opened, invocation);
  }

  void of_model(Installation& opened, Invocation& invocation) {
    const loop::ModelId id = find_model(opened);
    const feedback::Actor owner = opened.owner();
    const auto lineage = or_throw(loop::read(
        *opened.database, [&](loop::Records& records) { return loop::lineage_of(records, owner, id); }));
    const auto differences = loop::read(*opened.database, [&](loop::Records& records) {
      return loop::verify_lineage(records, opened.workspace, id);
    });
    if (!differences.empty()) invocation.exit_code = 1;
    if (invocation.json) return print_json(as_json(lineage, differences));
    for (const loop::LineageStep& step : lineage.steps) print_step(step);
    for (const std::string& difference : differences) fmt::print("DIFFERENCE: {}\n", difference);
    if (differences.empty()) fmt::print("Every hash on the way was computed again and is as recorded.\n");
  }

  static void print_step(const loop::LineageStep& step) {
    fmt::print("model {} {}  {}  {} weights  sha256 {}\n", step.model.id.value, step.model.name,
               loop::name_of(step.model.objective), step.model.parameters, step.model.sha256);
    if (step.run) fmt::print("  run {}  settings {}\n", step.run->id.value, step.run->settings);
    if (!step.snapshot) return;
    fmt::print("  snapshot {}  {} judgments, weighting {}  sha256 {}\n", step.snapshot->id.value,
               step.judgment_count, step.snapshot->weighting, step.snapshot->sha256);
    std::string judgments;
    for (const loop::JudgmentId id : step.judgments_sample) judgments += fmt::format(" {}", id.value);
    fmt::print("  judgments{}{}\n", judgments,
               static_cast<std::size_t>(step.judgment_count) > step.judgments_sample.size() ? " …" : "");
    for (const auto& [pseudonym, count] : step.people) fmt::print("    {}: {}\n", pseudonym, count);
  }

  static json as_json(const loop::ModelLineage& lineage, const std::vector<std::string>& differences) {
    json steps = json::array();
    for (const loop::LineageStep& step : lineage.steps) {
      json entry = {
          {"model", {{"id", step.model.id.value}, {"name", step.model.name}, {"sha256", step.model.sha256}}},
          {"judgments", step.judgment_count},
          {"people", step.people},
          {"guideline_versions", step.guideline_versions}};
      if (step.run)
        entry["run"] = {{"id", step.run->id.value}, {"settings", json::parse(step.run->settings)}};
      if (step.snapshot)
        entry["snapshot"] = {{"id", step.snapshot->id.value}, {"sha256", step.snapshot->sha256}};
      steps.push_back(std::move(entry));
    }
    return {{"steps", steps}, {"differences", differences}, {"verified", differences.empty()}};
  }

  void of_judgment(Installation& opened, const Invocation& invocation) {
    const feedback::Actor owner = opened.owner();
    const auto lineage = or_throw(loop::read(*opened.database, [&](loop::Records& records) {
      return loop::lineage_of(records, owner, loop::JudgmentId{judgment});
    }));
    if (invocation.json) {
      json snapshots = json::array();
      json models = json::array();
      for (const auto& s : lineage.snapshots) snapshots.push_back({{"id", s.id.value}, {"sha256", s.sha256}});
      for (const auto& m : lineage.models)
        models.push_back({{"id", m.id.value}, {"name", m.name}, {"sha256", m.sha256}});
      return print_json({{"judgment", judgment}, {"snapshots", snapshots}, {"models", models}});
    }
    fmt::print("judgment {} ({}, task {})\n", judgment, feedback::name_of(lineage.judgment.kind),
               lineage.judgment.task.value);
    for (const auto& snapshot : lineage.snapshots)
      fmt::print("  snapshot {}  sha256 {}\n", snapshot.id.value, snapshot.sha256);
    for (const auto& made : lineage.models)
      fmt::print("  model {} {}  sha256 {}\n", made.id.value, made.name, made.sha256);
    if (lineage.models.empty()) fmt::print("  No model has learned from it.\n");
  }

  // The id goes before the name and the name before the hash, the newest of one name first.
  loop::ModelId find_model(Installation& opened) const {
    std::string known;
    loop::ModelId with_id;
    loop::ModelId with_name;
    loop::ModelId with_hash;
    opened.database->read([&](loop::Records& records) {
      for (const feedback::Project& project : records.projects())
        for (const loop::Model& candidate : records.models(project.id)) {
          known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", candidate.id.value, candidate.name);
          if (std::to_string(candidate.id.value) == model) with_id = candidate.id;
          if (candidate.name == model) with_name = candidate.id;
          if (candidate.sha256.starts_with(model)) with_hash = candidate.id;
        }
    });
    const loop::ModelId found = with_id ? with_id : with_name ? with_name : with_hash;
    if (!found)
      throw Failure(ErrorKind::not_found, fmt::format("There is no model {}.", model),
                    known.empty() ? "" : fmt::format("There are: {}.", known));
    return found;
  }
};

}  // namespace

void add_lineage_command(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<LineageCommand>();
  CLI::App* sub = app.add_subcommand("lineage", "Where a model comes from, or what became of a judgment");
  sub->add_option("MODEL", command->model, "Id, name or the beginning of the hash of a model");
  sub->add_option("--judgment", command->judgment, "Id of a judgment: the models that learned from it");
  sub->add_flag("--json", invocation.json, "Machine-readable output");
  add_installation_options(*sub, command->installation);
  sub->callback([command, &invocation] { command->run(invocation); });
}

}  // namespace preceptor::cli
