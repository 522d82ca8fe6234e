// A person's own work after it was sent in: what became of it, and looking at it again to correct it.
#pragma once

#include "base/result.hpp"
#include "feedback/rights.hpp"
#include "feedback/work.hpp"

namespace preceptor::feedback {

struct StandingView {
  Standing standing;
  TaskId judged;  // the task of the judgment
  TaskKind kind = TaskKind::compare;
  std::string clause, comment;  // of the review
  std::string decision;         // on the appeal: its reason
};
// What reviews said about one's own judgments; those that a correction superseded are left out.
Result<Listing<StandingView>> my_standings(Records&, const Actor&, ProjectId, std::optional<StandingState>,
                                           Page);

struct OwnTask {
  Claim shown;  // without a lease
  Judgment judgment;
  std::optional<StandingView> standing;
};
// A task that the actor has judged, with their latest judgment of it. not_found for all others.
Result<OwnTask> show_own(Records&, const Actor&, TaskId);

}  // namespace preceptor::feedback
