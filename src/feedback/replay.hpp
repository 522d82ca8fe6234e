// The state of a workspace as its event log tells it: what verify_log holds against the tables.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>

#include "feedback/records.hpp"

namespace preceptor::feedback {

struct LoggedTask {
  std::int64_t overlap = 0;
  std::int64_t counted = 0;
  TaskKind kind = TaskKind::compare;
  ResponseId gold;  // the right answer, when it is a gold
};
struct LoggedJudgment {
  TaskId task;
  PersonId person;
  SlotId slot;
  JudgmentId supersedes;
  bool counted = true;
  std::optional<bool> gold_right;
  std::string sha256;
  std::optional<StandingState> standing;  // what the last review or decision said
};

class Replay {
public:
  // Events in the order of their positions. Throws Failure(corrupt) when a payload is no JSON of its kind.
  void apply(const LoggedEvent&);
  // After the last event: what the log should have shown and did not.
  void finish();

  std::map<TaskId, LoggedTask> tasks;
  std::map<JudgmentId, LoggedJudgment> judgments;
  std::map<std::pair<ProjectId, PersonId>, Membership> members;
  std::map<PromptId, std::string> prompt_hashes;
  std::map<ResponseId, std::string> response_hashes;
  std::map<std::pair<ProjectId, std::int64_t>, std::string> guideline_hashes;
  std::map<std::pair<ProjectId, std::int64_t>, std::string> rubric_hashes;
  std::set<JudgmentId> erased_judgments;  // their payload in the log is gone; nothing to compare with
  std::set<PersonId> erased_people;
  std::vector<Event> without_payload;    // events of people that may be erased, and were
  std::vector<std::string> differences;  // where the log contradicts itself

private:
  void apply_tasks(const nlohmann::json&);
  void apply_judgment(const LoggedEvent&, const nlohmann::json&);
  void apply_standing(const LoggedEvent&, const nlohmann::json&);
  void apply_member(const LoggedEvent&, const nlohmann::json&);

  std::map<ProjectId, GoldWatchSettings> watches_;
  std::map<JudgmentId, JudgmentId> corrected_by_;
  std::set<std::pair<ProjectId, PersonId>>
      alarms_;  // pauses that the watch asks for and the log has yet to show
};

}  // namespace preceptor::feedback
