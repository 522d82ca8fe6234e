// Who may do what: the one table of rights, and the one place that asks it.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "feedback/records.hpp"

namespace preceptor::feedback {

enum class Right {
  see_project,        // its name, guidelines, rubric, one's own progress
  judge,              // get tasks, send judgments
  review,             // look at others' judgments and accept, fix, return or reject them
  see_content,        // prompts, responses, tasks, with the models they come from
  see_all_judgments,  // other people's work
  see_quality,        // other people's gold scores and agreement
  see_results,        // rounds, jobs, models, evaluations, lineage
  chat,               // talk to a model
  edit_guidelines,    // guideline and rubric versions
  edit_content,       // add prompts, responses, tasks
  pause_members,
  run_rounds,  // start rounds and jobs, cancel, resume
  see_invitations,
  manage_members,
  promote,  // decide which model takes over
};
constexpr int right_count = 15;
std::string_view name_of(Right);

bool allowed(Role, Right);

// Whether an act leaves something behind. A token for reading is good for the others only.
enum class Act { reads, changes };
Act act_of(Right);  // what is done with the right

// Who is acting, as signed in.
struct Actor {
  PersonId person;
  bool administrator = false;
  // A token for reading may only call what changes nothing, one for judging only what a judge needs, one for
  // models only what asks a model. Whoever is signed in with a session has `write`.
  TokenScope scope = TokenScope::write;
  bool by_token = false;  // came with an API token, not with a session
};

// Whether a token of this scope is good for a right that its owner has.
bool permits(TokenScope, Right);
// What the actor's token is good for; `require` and `require_administrator` ask it too. Refuses with
// forbidden.
Result<void> require_scope(const Actor&, Act);  // of what needs no right in a project
Result<void> require_scope(const Actor&, Right);
// One's own password, sessions, second factor and data: never with an API token. Refuses with forbidden.
Result<void> require_session(const Actor&);

// Refuses with not_found when the project does not exist or the actor is no member (so that foreign ids tell
// nothing), with forbidden when the role lacks the right. Administrators have every right but `judge` and
// `review`, for which they must be members like everyone. Answers the membership; an administrator without
// one gets an owner's. A token for reading is refused what changes something, whatever the role.
Result<Membership> require(Records&, const Actor&, ProjectId, Right);
// The same in a write that goes on to change the membership: nobody else does so until it ends.
Result<Membership> require_locked(Records&, const Actor&, ProjectId, Right);
Result<Membership> require_locked(Records&, const Actor&, const Task&, Right);  // in the task's project

Result<void> require_administrator(const Actor&, Act);

}  // namespace preceptor::feedback
