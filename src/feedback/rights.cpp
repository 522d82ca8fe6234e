#include "feedback/rights.hpp"

#include <array>

namespace preceptor::feedback {
namespace {

struct Row {
  Right right;
  std::string_view name;
  Act act;
  bool trainer, reviewer, lead, owner;
};

constexpr std::array<Row, right_count> table{{
    // right, name, what it does; trainer, reviewer, lead, owner
    {Right::see_project, "see_project", Act::reads, true, true, true, true},
    {Right::judge, "judge", Act::changes, true, true, true, true},
    {Right::review, "review", Act::changes, false, true, true, true},
    {Right::see_content, "see_content", Act::reads, false, true, true, true},
    {Right::see_all_judgments, "see_all_judgments", Act::reads, false, true, true, true},
    {Right::see_quality, "see_quality", Act::reads, false, true, true, true},
    {Right::see_results, "see_results", Act::reads, false, true, true, true},
    {Right::chat, "chat", Act::changes, false, true, true, true},
    {Right::edit_guidelines, "edit_guidelines", Act::changes, false, false, true, true},
    {Right::edit_content, "edit_content", Act::changes, false, false, true, true},
    {Right::pause_members, "pause_members", Act::changes, false, false, true, true},
    {Right::run_rounds, "run_rounds", Act::changes, false, false, true, true},
    {Right::see_invitations, "see_invitations", Act::reads, false, false, false, true},
    {Right::manage_members, "manage_members", Act::changes, false, false, false, true},
    {Right::promote, "promote", Act::changes, false, false, false, true},
}};

const Row& row_of(Right right) { return table.at(static_cast<std::size_t>(right)); }

}  // namespace

std::string_view name_of(Right right) { return row_of(right).name; }

Act act_of(Right right) { return row_of(right).act; }

bool allowed(Role role, Right right) {
  const Row& row = row_of(right);
  switch (role) {
    case Role::trainer: return row.trainer;
    case Role::reviewer: return row.reviewer;
    case Role::lead: return row.lead;
    case Role::owner: return row.owner;
  }
  return false;
}

bool permits(TokenScope scope, Right right) {
  switch (scope) {
    case TokenScope::read: return act_of(right) == Act::reads;
    case TokenScope::write: return true;
    case TokenScope::judge:
      return right == Right::see_project || right == Right::judge || right == Right::review;
    case TokenScope::model: return right == Right::chat;
  }
  return false;
}

namespace {

tl::unexpected<Error> token_too_narrow(TokenScope scope) {
  switch (scope) {
    case TokenScope::judge:
      return refuse(ErrorKind::forbidden, "this token may only judge", "Make one with the scope write.");
    case TokenScope::model:
      return refuse(ErrorKind::forbidden, "this token may only ask models", "Make one with the scope write.");
    default:
      return refuse(ErrorKind::forbidden, "this token may only read", "Make one with the scope write.");
  }
}

}  // namespace

Result<void> require_scope(const Actor& actor, Act act) {
  const bool reads = act == Act::reads && actor.scope != TokenScope::model;
  if (reads || actor.scope == TokenScope::write) return {};
  return token_too_narrow(actor.scope);
}

Result<void> require_scope(const Actor& actor, Right right) {
  if (permits(actor.scope, right)) return {};
  return token_too_narrow(actor.scope);
}

Result<void> require_session(const Actor& actor) {
  if (!actor.by_token) return {};
  return refuse(ErrorKind::forbidden, "an API token may not do that", "Sign in with your password.");
}

namespace {

Result<Membership> decide(Records& records, const Actor& actor, ProjectId project, Right right,
                          std::optional<Membership> membership) {
  const auto unknown = [&] {
    return refuse(ErrorKind::not_found, "there is no project " + std::to_string(project.value) + " for you",
                  "Ask an owner of the project to add you.");
  };
  // A stranger is told that there is nothing, not what their token is for.
  if (membership || actor.administrator) {
    if (auto scope = require_scope(actor, right); !scope) return tl::unexpected(scope.error());
  }
  if (!membership) {
    if (!actor.administrator || !records.project(project)) return unknown();
    if (right == Right::judge || right == Right::review) {
      return refuse(ErrorKind::forbidden, "only members of the project judge its tasks",
                    "Add yourself as a member first.");
    }
    return Membership{.project = project, .person = actor.person, .role = Role::owner};
  }
  if (actor.administrator && right != Right::judge && right != Right::review) return *membership;
  if (!allowed(membership->role, right)) {
    return refuse(ErrorKind::forbidden,
                  "a " + std::string(name_of(membership->role)) + " of this project may not do that",
                  "It needs a role with the right " + std::string(name_of(right)) + "; ask an owner.");
  }
  return *membership;
}

}  // namespace

Result<Membership> require(Records& records, const Actor& actor, ProjectId project, Right right) {
  return decide(records, actor, project, right, records.membership(project, actor.person));
}

Result<Membership> require_locked(Records& records, const Actor& actor, ProjectId project, Right right) {
  return decide(records, actor, project, right, records.lock_membership(project, actor.person));
}

Result<Membership> require_locked(Records& records, const Actor& actor, const Task& task, Right right) {
  return decide(records, actor, task.project, right, records.lock_membership_for(task.id, actor.person));
}

Result<void> require_administrator(const Actor& actor, Act act) {
  if (actor.administrator && actor.scope == TokenScope::judge) return token_too_narrow(actor.scope);
  if (actor.administrator) return require_scope(actor, act);
  return refuse(ErrorKind::forbidden, "only administrators may do that", "Ask an administrator.");
}

}  // namespace preceptor::feedback
