// Models of a project: entering one, choosing which one is current, and where each comes from.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"
#include "loop/records.hpp"
#include "loop/storage.hpp"
#include "loop/workspace.hpp"

namespace preceptor::loop {

using feedback::Actor;

struct NewModel {
  ProjectId project;
  std::string name;
  ModelId parent;
  RunId run;
  Objective objective = Objective::imported;
};

// Reads a Hugging Face folder with every check of the engine, stores its files as blobs and enters the model.
// The first model of a project becomes its current one. Not within a transaction: files first, the row last.
Result<Model> enter_model(Storage&, const Workspace&, const Actor&, const NewModel&,
                          const std::filesystem::path& folder, const Clock&);

Result<Listing<Model>> list_models(Records&, const Actor&, ProjectId, Page = {});
Result<Model> show_model(Records&, const Actor&, ModelId);

struct PromoteRequest {
  ModelId model;
  EvaluationId evaluation;  // none: promoted without one, which the note must then explain
  std::string note;         // required: why this model takes over
};
// Right::promote, by a person and never by a job. Closes the evaluation's round with this model.
Result<Promotion> promote(Records&, const Actor&, ProjectId, const PromoteRequest&, const Clock&);
Result<Listing<Promotion>> list_promotions(Records&, const Actor&, ProjectId, Page = {});  // newest first

}  // namespace preceptor::loop
