// How a project's work is handed out: overlaps, reviews, what members are fit for, tasks kept for somebody.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

// Overlaps 1 to 100, of kinds that leads make; reviews of those kinds, shares 0.05 to 1.
Result<void> check_policy(const Overlap&, const WorkPolicy&);
// For tasks made, and judgments sent in, from now on. Right::edit_guidelines.
Result<void> set_policy(Records&, const Actor&, ProjectId, const Overlap&, const WorkPolicy&, const Clock&);

// What a member is fit for: one's own (Right::see_project), or somebody's (Right::see_quality).
Result<Fit> show_own_fit(Records&, const Actor&, ProjectId);
Result<Fit> show_fit(Records&, const Actor&, ProjectId, PersonId);
// A member's languages, domains and kinds of work; hazards are left as they are, nobody consents for somebody
// else. Right::pause_members.
Result<Fit> set_fit(Records&, const Actor&, ProjectId, PersonId, Fit, const Clock&);
// The hazards that the actor consents to, in place of those of before. Right::judge. Refuses words that are
// no hazard.
Result<Fit> set_consent(Records&, const Actor&, ProjectId, const std::vector<std::string>& hazards,
                        const Clock&);

// Keeps a place in an open task for a member: nobody else is handed it, and it comes to them before other
// work. Right::edit_content. Refuses with not_found (no such task or member), with conflict when they were
// handed the task before, wrote what it is about, may not do that kind of work, did not consent to its
// hazard where that is asked for, or when no place is free.
Result<void> assign(Records&, const Actor&, TaskId, PersonId, const Clock&);

}  // namespace preceptor::feedback
