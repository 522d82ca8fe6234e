// Who may be handed what.
#pragma once

#include <span>

#include "feedback/records.hpp"

namespace preceptor::feedback {

// The lane of a task: its kind, and of the prompt the language and domain as far as the project names them,
// and the hazard. What the project does not name makes no lane of its own, so that lanes stay few.
Lane lane_for(const Project&, TaskKind, const Prompt&);

// Whether work of the lane suits a member: the role has the right that the kind takes; the kind is among the
// skills, the language and the domain are among those of the person, where these are given; and, where the
// project asks for it, the person consented to the hazard.
bool suits(const Lane&, Role, const Fit&, const WorkPolicy&);

// The lanes of the project that suit the member, of these kinds (none: all).
struct SuitableLanes {
  std::vector<LaneId> ids;
  bool all = false;  // of the project
};
SuitableLanes suitable_lanes(Records&, const Project&, const Membership&, std::span<const TaskKind>);

// Who must not be handed the task: who wrote its prompt or one of its responses.
std::vector<PersonId> authors_of(Records&, const Task&);
// Never hands the task to these people. No effect on who has it already.
void bar(Records&, TaskId, std::span<const PersonId>, Timestamp now);

// The hazards of AILuminate, and "low", "medium", "high" where somebody only graded.
std::span<const std::string_view> hazard_names();
// Stands for every hazard of another name.
inline constexpr std::string_view other_hazard = "other";

}  // namespace preceptor::feedback
