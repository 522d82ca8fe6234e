// A snapshot's files as training examples for a model.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "engine/formats/hugging_face.hpp"
#include "learning/examples.hpp"
#include "loop/workspace.hpp"

namespace preceptor::loop {

struct DemonstrationData {
  std::vector<learning::TokenExample> examples;
  std::int64_t too_long = 0;  // beyond the model's context: left out
};

struct PreferenceData {
  std::vector<learning::PreferenceExample> examples;
  std::vector<std::int64_t> prompts;  // one per example: the cluster it belongs to
  std::int64_t too_long = 0;
};

// Each file is read from its blob, whose hash is computed again first: corrupt when it differs. Refuses with
// too_large when no row fits the model's context.
Result<DemonstrationData> demonstrations_of(const Workspace&, const Snapshot&, const engine::LoadedModel&);
Result<PreferenceData> preferences_of(const Workspace&, const Snapshot&, const engine::LoadedModel&);

}  // namespace preceptor::loop
