#include "feedback/replay.hpp"

#include <nlohmann/json.hpp>

#include "feedback/events.hpp"
#include "feedback/golds.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

std::int64_t integer(const Json& json, const char* key) { return json.at(key).get<std::int64_t>(); }

GoldWatchSettings watch_from(const Json& json) {
  return {.good = json.at("good"),
          .bad = json.at("bad"),
          .threshold = json.at("threshold"),
          .rate = json.at("rate")};
}

// Whose payload goes when a person is erased.
bool is_about_people(std::string_view kind) {
  return kind == event::judgment_submitted || kind == event::person_created || kind.starts_with("member.") ||
         kind.starts_with("token.") || kind.starts_with("password.") || kind.starts_with("second_factor.");
}

template <class Key>
void remember_hashes(std::map<Key, std::string>& hashes, const Json& list, const char* key) {
  for (const Json& row : list) hashes[Key{integer(row, key)}] = row.at("sha256").get<std::string>();
}

}  // namespace

void Replay::apply_tasks(const Json& payload) {
  for (const Json& row : payload.at("tasks")) {
    const Json& gold = row.at("gold");
    tasks[TaskId{integer(row, "task_id")}] = {
        .overlap = integer(row, "overlap"),
        .kind = from_name<TaskKind>(row.at("kind").get<std::string>()).value_or(TaskKind::compare),
        .gold = gold.is_null() ? ResponseId{} : ResponseId{gold.get<std::int64_t>()}};
  }
}

void Replay::apply_judgment(const LoggedEvent& logged, const Json& payload) {
  const JudgmentId id{integer(payload, "judgment_id")};
  const Json& right = payload.at("gold_right");
  const LoggedJudgment judgment{
      .task = TaskId{integer(payload, "task_id")},
      .person = PersonId{integer(payload, "person_id")},
      .slot = SlotId{integer(payload, "slot_id")},
      .supersedes = JudgmentId{integer(payload, "supersedes")},
      .counted = payload.at("counted"),
      .gold_right = right.is_null() ? std::nullopt : std::optional<bool>(right.get<bool>()),
      .sha256 = payload.at("sha256"),
      .standing = std::nullopt};
  judgments[id] = judgment;
  if (judgment.supersedes) {
    corrected_by_[judgment.supersedes] = id;
    return;
  }
  if (judgment.counted) tasks[judgment.task].counted += 1;
  const auto key = std::pair(logged.event.project, judgment.person);
  Membership& member = members[key];
  member.judgments += 1;
  if (!judgment.gold_right) return;
  Membership after = member;
  if (watch_gold(after, *judgment.gold_right, watches_[logged.event.project])) {
    alarms_.insert(key);
    after.paused = false;  // until the log says so
    after.pause_reason.clear();
  }
  member = after;
}

// A rejection takes the judgment, and what it superseded, out of the count; an appeal may bring it back.
void Replay::apply_standing(const LoggedEvent& logged, const Json& payload) {
  static const std::map<std::string, StandingState> reviewed{{"accept", StandingState::accepted},
                                                             {"fix", StandingState::fixed},
                                                             {"return", StandingState::returned},
                                                             {"reject", StandingState::rejected}};
  const JudgmentId id{integer(payload, "judgment_id")};
  const auto found = judgments.find(id);
  if (found == judgments.end()) {
    if (!erased_judgments.contains(id))
      differences.push_back("event " + std::to_string(logged.event.id.value) +
                            " speaks of a judgment that was never logged");
    return;
  }
  LoggedJudgment& judgment = found->second;
  const std::string& kind = logged.event.kind;
  if (kind == event::judgment_appealed) {
    judgment.standing = StandingState::appealed;
    return;
  }
  const std::string state = payload.at("state");
  const auto each_before = [&](const auto& change) {
    for (auto one = found; one != judgments.end(); one = judgments.find(one->second.supersedes))
      change(one->second);
  };
  if (kind == event::judgment_reviewed) {
    judgment.standing = reviewed.at(state);
    if (state == "reject") each_before([](auto& one) { one.standing = StandingState::rejected; });
    if (state == "fix") {  // the reviewer's version is not here when the reviewer was erased
      const auto version = corrected_by_.find(id);
      const auto fixed = version == corrected_by_.end() ? judgments.end() : judgments.find(version->second);
      if (fixed != judgments.end()) fixed->second.standing = StandingState::accepted;
    }
  }
  if (kind == event::appeal_decided) judgment.standing = from_name<StandingState>(state);
  if (kind == event::judgment_recounted) {
    judgment.counted = true;
    tasks[judgment.task].counted += 1;
  }
  if (kind != event::judgment_uncounted) return;
  tasks[judgment.task].counted -= 1;
  each_before([](auto& one) { one.counted = false; });
}

void Replay::apply_member(const LoggedEvent& logged, const Json& payload) {
  const auto key = std::pair(logged.event.project, PersonId{integer(payload, "person_id")});
  Membership& member = members[key];
  if (logged.event.kind == event::member_role_set) {
    member.role = from_name<Role>(payload.at("role").get<std::string>()).value_or(Role::trainer);
    return;
  }
  member.paused = logged.event.kind == event::member_paused;
  member.pause_reason = member.paused ? payload.at("reason").get<std::string>() : "";
  if (!member.paused) member.watch = 0;
  if (payload.at("automatic").get<bool>() && alarms_.erase(key) == 0) {
    differences.push_back("person " + std::to_string(key.second.value) +
                          " was paused by the gold watch at event " + std::to_string(logged.event.id.value) +
                          ", but the logged golds raise no alarm");
  }
}

void Replay::finish() {
  for (const auto& [project, person] : alarms_) {
    differences.push_back("the logged golds of person " + std::to_string(person.value) + " in project " +
                          std::to_string(project.value) + " raise an alarm, but no pause was logged");
  }
}

void Replay::apply(const LoggedEvent& logged) {
  const std::string& kind = logged.event.kind;
  if (!logged.payload) {
    if (kind == event::judgment_submitted) erased_judgments.insert(JudgmentId{logged.event.subject});
    if (is_about_people(kind)) without_payload.push_back(logged.event);
    return;
  }
  if (kind == event::person_erased) erased_people.insert(PersonId{logged.event.subject});
  try {
    const Json payload = Json::parse(logged.payload->payload);
    const ProjectId project = logged.event.project;
    if (kind == event::project_created || kind == event::settings_set)
      watches_[project] = watch_from(payload.at("gold_watch"));
    if (kind == event::tasks_added) apply_tasks(payload);
    if (kind == event::judgment_submitted) apply_judgment(logged, payload);
    if (kind == event::member_role_set || kind == event::member_paused || kind == event::member_resumed) {
      apply_member(logged, payload);
    }
    if (kind == event::judgment_reviewed || kind == event::judgment_uncounted ||
        kind == event::judgment_recounted || kind == event::judgment_appealed ||
        kind == event::appeal_decided) {
      apply_standing(logged, payload);
    }
    if (kind == event::prompts_added) remember_hashes(prompt_hashes, payload.at("prompts"), "prompt_id");
    if (kind == event::responses_added)
      remember_hashes(response_hashes, payload.at("responses"), "response_id");
    if (kind == event::guideline_added) {
      guideline_hashes[{project, integer(payload, "version")}] = payload.at("sha256");
    }
    if (kind == event::rubric_added)
      rubric_hashes[{project, integer(payload, "version")}] = payload.at("sha256");
  } catch (const Json::exception& problem) {
    throw Failure(ErrorKind::corrupt, "the payload of event " + std::to_string(logged.event.id.value) +
                                          " is not what its kind promises: " + problem.what());
  }
}

}  // namespace preceptor::feedback
