// Where a model comes from, down to the judgments, and where a judgment went, up to the models.
#pragma once

#include <map>

#include "base/result.hpp"
#include "feedback/rights.hpp"
#include "loop/records.hpp"
#include "loop/workspace.hpp"

namespace preceptor::loop {

using feedback::Actor;

struct LineageStep {  // one model, and the run and snapshot that made it; the last step is the first ancestor
  Model model;
  std::optional<Run> run;
  std::optional<Snapshot> snapshot;
  std::int64_t judgment_count = 0;
  std::vector<JudgmentId> judgments_sample;    // the first twenty
  std::map<std::string, std::int64_t> people;  // pseudonym in the snapshot → judgments
  std::vector<std::int64_t> guideline_versions;
};

struct ModelLineage {
  std::vector<LineageStep> steps;
};
Result<ModelLineage> lineage_of(Records&, const Actor&, ModelId);

struct JudgmentLineage {
  feedback::Judgment judgment;
  std::vector<Snapshot> snapshots;
  std::vector<Model> models;  // trained on one of them, and every model that descends from those
};
Result<JudgmentLineage> lineage_of(Records&, const Actor&, JudgmentId);

// Every hash on the way is computed again from the bytes; each difference is one line. Empty: all is as
// recorded.
std::vector<std::string> verify_lineage(Records&, const Workspace&, ModelId);

}  // namespace preceptor::loop
