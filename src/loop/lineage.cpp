#include "loop/lineage.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "loop/access.hpp"
#include "loop/model_files.hpp"

namespace preceptor::loop {
namespace {

constexpr std::size_t sample_size = 20;

LineageStep step_of(Records& records, const Model& model) {
  LineageStep step{.model = model};
  if (model.run) step.run = records.run(model.run);
  if (step.run && step.run->snapshot) step.snapshot = records.snapshot(step.run->snapshot);
  if (!step.snapshot) return step;
  std::vector<JudgmentId> judgments = records.snapshot_judgments(step.snapshot->id);
  step.judgment_count = static_cast<std::int64_t>(judgments.size());
  judgments.resize(std::min(judgments.size(), sample_size));
  step.judgments_sample = std::move(judgments);
  const auto summary = parse_json(step.snapshot->summary);
  if (!summary) return step;
  if (summary->contains("people"))
    step.people = summary->at("people").get<std::map<std::string, std::int64_t>>();
  if (summary->contains("guideline_versions"))
    step.guideline_versions = summary->at("guideline_versions").get<std::vector<std::int64_t>>();
  return step;
}

std::vector<LineageStep> steps_of(Records& records, Model model) {
  std::vector<LineageStep> steps;
  std::set<ModelId> seen;  // a damaged database must not send us in circles
  while (seen.insert(model.id).second) {
    steps.push_back(step_of(records, model));
    const auto parent = model.parent ? records.model(model.parent) : std::nullopt;
    if (!parent) break;
    model = *parent;
  }
  return steps;
}

void add_descendants(Records& records, const Model& model, std::set<ModelId>& seen,
                     std::vector<Model>& models) {
  if (!seen.insert(model.id).second) return;
  models.push_back(model);
  for (const Model& child : records.children_of(model.id)) add_descendants(records, child, seen, models);
}

void verify_blob(const Workspace& workspace, const std::string& sha256, const std::string& what,
                 std::vector<std::string>& differences) {
  const auto path = workspace.blobs().path_of(sha256);
  if (!path) {
    differences.push_back(fmt::format("{}: its bytes are gone ({}).", what, sha256));
  } else if (sha256_file(*path) != sha256) {
    differences.push_back(fmt::format("{}: its bytes are not those that were stored ({}).", what, sha256));
  }
}

void verify_step(const Workspace& workspace, const LineageStep& step, std::vector<std::string>& differences) {
  const auto files = model_files_from_json(step.model.files);
  if (!files) {
    differences.push_back(fmt::format("Model {}: {}", step.model.name, files.error().text()));
    return;
  }
  for (const ModelFile& file : *files)
    verify_blob(workspace, file.sha256, fmt::format("Model {}, {}", step.model.name, file.name), differences);
  if (weights_hash(*files) != step.model.sha256)
    differences.push_back(
        fmt::format("Model {}: its recorded hash is not that of its weights.", step.model.name));
  if (!step.snapshot) return;
  const std::string name = fmt::format("Snapshot {}", step.snapshot->id.value);
  verify_blob(workspace, step.snapshot->sha256, name + ", manifest.json", differences);
  for (const SnapshotFile& file : step.snapshot->files)
    verify_blob(workspace, file.sha256, fmt::format("{}, {}", name, file.name), differences);
}

}  // namespace

Result<ModelLineage> lineage_of(Records& records, const Actor& actor, ModelId id) {
  const auto model = model_for(records, actor, id, Right::see_results);
  if (!model) return tl::unexpected(model.error());
  return ModelLineage{steps_of(records, *model)};
}

Result<JudgmentLineage> lineage_of(Records& records, const Actor& actor, JudgmentId id) {
  const auto missing = [&] {
    return refuse(ErrorKind::not_found, fmt::format("There is no judgment {}.", id.value));
  };
  auto judgment = records.judgment(id);
  if (!judgment) return missing();
  const auto member = feedback::require(records, actor, judgment->project, Right::see_results);
  if (!member && member.error().kind == ErrorKind::not_found) return missing();
  if (!member) return tl::unexpected(member.error());
  JudgmentLineage lineage{.judgment = *std::move(judgment)};
  std::set<ModelId> seen;
  for (const SnapshotId snapshot : records.snapshots_with(id)) {
    if (auto found = records.snapshot(snapshot)) lineage.snapshots.push_back(*std::move(found));
    for (const Run& run : records.runs_on(snapshot))
      if (const auto model = run.model ? records.model(run.model) : std::nullopt)
        add_descendants(records, *model, seen, lineage.models);
  }
  return lineage;
}

std::vector<std::string> verify_lineage(Records& records, const Workspace& workspace, ModelId id) {
  std::vector<std::string> differences;
  const auto model = records.model(id);
  if (!model) return {fmt::format("There is no model {}.", id.value)};
  for (const LineageStep& step : steps_of(records, *model)) verify_step(workspace, step, differences);
  return differences;
}

}  // namespace preceptor::loop
