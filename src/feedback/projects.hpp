// Projects, their guideline and rubric versions, their members.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

struct NewProject {
  std::string name;
  std::vector<std::string> languages;
  std::vector<std::string> domains;
  std::string guideline;  // Markdown, version 1
  std::vector<RubricDimension> dimensions;
  std::vector<RubricCriterion> criteria = {};
  Overlap overlap;
  GoldWatchSettings gold_watch;
};
struct ProjectSettings {
  std::string name;
  std::vector<std::string> languages;
  std::vector<std::string> domains;
  GoldWatchSettings gold_watch;
};
struct ProjectView {
  Project project;
  Role role = Role::owner;  // of the one who asks
  ProjectCounts counts;
};

// Administrators only; the creator becomes its owner.
Result<ProjectView> create_project(Records&, const Actor&, const NewProject&, const Clock&);
Listing<ProjectView> list_projects(Records&, const Actor&, Page = {});  // one's own; an administrator's: all
Result<ProjectView> show_project(Records&, const Actor&, ProjectId);

// For what comes from now on: work that is there keeps its language and domain, and a member's watch stands
// where it stood until their next gold. Right::edit_guidelines.
Result<ProjectView> set_settings(Records&, const Actor&, ProjectId, const ProjectSettings&, const Clock&);

// Keys, scales, anchors; keys and weights of the criteria.
Result<void> check_rubric(std::span<const RubricDimension>, std::span<const RubricCriterion> = {});
// Hex sha256 over all parts of the rubric, in order: what the event log remembers of it.
std::string rubric_hash(std::span<const RubricDimension>, std::span<const RubricCriterion> = {});
Result<GuidelineVersion> add_guideline(Records&, const Actor&, ProjectId, std::string_view markdown,
                                       const Clock&);
Result<Listing<GuidelineVersion>> list_guidelines(Records&, const Actor&, ProjectId, Page = {});
Result<RubricVersion> add_rubric(Records&, const Actor&, ProjectId, std::span<const RubricDimension>,
                                 const Clock&, std::span<const RubricCriterion> = {});
Result<Listing<RubricVersion>> list_rubrics(Records&, const Actor&, ProjectId, Page = {});

struct MemberView {
  Person person;
  Membership membership;
};
Result<Listing<MemberView>> list_members(Records&, const Actor&, ProjectId, Page = {});
// A project always keeps one owner: the last one's role cannot be changed.
Result<MemberView> set_member(Records&, const Actor&, ProjectId, PersonId, Role, const Clock&);
// Resuming sets the gold watch back to zero. A reason is required to pause.
Result<MemberView> set_pause(Records&, const Actor&, ProjectId, PersonId, bool paused,
                             std::string_view reason, const Clock&);

}  // namespace preceptor::feedback
