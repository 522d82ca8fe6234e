#include "feedback/dispatch.hpp"

#include <algorithm>
#include <array>

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::array<std::string_view, 15> hazards{"low",
                                                   "medium",
                                                   "high",
                                                   "violent_crimes",
                                                   "sexual_crimes",
                                                   "child_sexual_exploitation",
                                                   "suicide_and_self_harm",
                                                   "indiscriminate_weapons",
                                                   "intellectual_property",
                                                   "defamation",
                                                   "non_violent_crimes",
                                                   "hate",
                                                   "privacy",
                                                   "specialised_advice",
                                                   "sexual_content"};

template <class List, class Value>
bool has(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// "en-GB" suits who speaks "en".
bool speaks(const std::vector<std::string>& languages, const std::string& wanted) {
  return has(languages, wanted) || has(languages, wanted.substr(0, wanted.find('-')));
}

}  // namespace

std::span<const std::string_view> hazard_names() { return hazards; }

Lane lane_for(const Project& project, TaskKind kind, const Prompt& prompt) {
  Lane lane{.project = project.id, .kind = kind};
  if (has(project.languages, prompt.language)) lane.language = prompt.language;
  if (has(project.domains, prompt.domain)) lane.domain = prompt.domain;
  if (has(hazards, prompt.hazard)) {
    lane.hazard = prompt.hazard;
  } else if (!prompt.hazard.empty() && prompt.hazard != "none") {
    lane.hazard = other_hazard;
  }
  return lane;
}

bool suits(const Lane& lane, Role role, const Fit& fit, const WorkPolicy& policy) {
  if (!allowed(role, kind_of(lane.kind).right)) return false;
  if (!fit.kinds.empty() && !has(fit.kinds, lane.kind)) return false;
  if (!fit.languages.empty() && !lane.language.empty() && !speaks(fit.languages, lane.language)) return false;
  if (!fit.domains.empty() && !lane.domain.empty() && !has(fit.domains, lane.domain)) return false;
  return !policy.hazard_consent || lane.hazard.empty() || has(fit.hazards, lane.hazard);
}

SuitableLanes suitable_lanes(Records& records, const Project& project, const Membership& member,
                             std::span<const TaskKind> kinds) {
  const Fit fit = records.fit(project.id, member.person);
  const auto lanes = records.lanes(project.id);
  SuitableLanes suitable;
  for (const Lane& lane : lanes) {
    if (!kinds.empty() && !has(kinds, lane.kind)) continue;
    if (suits(lane, member.role, fit, project.policy)) suitable.ids.push_back(lane.id);
  }
  suitable.all = suitable.ids.size() == lanes.size();
  return suitable;
}

std::vector<PersonId> authors_of(Records& records, const Task& task) {
  std::vector<PersonId> authors;
  const auto add = [&](JudgmentId written_in) {
    if (!written_in) return;
    const auto judgment = records.judgment(written_in);
    if (judgment && !has(authors, judgment->person)) authors.push_back(judgment->person);
  };
  if (const auto prompt = records.prompt(task.prompt)) add(prompt->written_in);
  for (ResponseId id : task.responses) {
    if (const auto response = records.response(id)) add(response->written_in);
  }
  return authors;
}

void bar(Records& records, TaskId task, std::span<const PersonId> people, Timestamp now) {
  for (PersonId person : people) {
    if (records.assignment(task, person)) continue;
    records.put_assignment(
        {.task = task, .person = person, .state = AssignmentState::barred, .assigned_at = now});
  }
}

}  // namespace preceptor::feedback
