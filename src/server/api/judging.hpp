#pragma once
// What a judge gets, types and sends.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/api/content.hpp"
#include "server/api/kinds/payloads.hpp"
#include "server/api/library.hpp"
#include "server/api/projects.hpp"

namespace preceptor::server::api {

struct NextRequest {
  std::vector<std::string> kinds;
  static void describe(wire::Description<NextRequest>&);
};

struct TaskPrompt {
  PromptId id;
  std::vector<Message> messages;
  std::string intent, domain, language, hazard, difficulty;
  static void describe(wire::Description<TaskPrompt>&);
};

// Which model wrote it, and when, would betray it.
struct TaskResponse {
  ResponseId id;
  std::string text;
  static void describe(wire::Description<TaskResponse>&);
};

struct TaskRubric {
  std::int64_t version = 0;
  std::vector<Dimension> dimensions;
  std::vector<Criterion> criteria;
  static void describe(wire::Description<TaskRubric>&);
};

// What a reviewer or adjudicator sees of the work of others; never whose it is.
struct EarlierWork {
  std::string kind;
  std::optional<JudgmentId> judgment_id;
  std::optional<wire::Json> payload;
  std::vector<wire::Json> others;
  std::vector<Exchange> exchanges;
  std::string clause, comment, objection;
  static void describe(wire::Description<EarlierWork>&);
};

struct HandedTask {
  TaskId id;
  std::string kind;
  TaskPrompt prompt;
  std::vector<TaskResponse> responses;
  TaskRubric rubric;
  std::int64_t guideline_version = 0;
  std::optional<Timestamp> deadline;
  std::optional<EarlierWork> earlier;
  static void describe(wire::Description<HandedTask>&);
};

struct Lease {
  std::string token;
  Timestamp expires_at;
  static void describe(wire::Description<Lease>&);
};

struct WorkCounts {
  std::int64_t done = 0, available = 0;
  static void describe(wire::Description<WorkCounts>&);
};

struct NextTask {
  HandedTask task;
  Lease lease;
  std::optional<wire::Json> draft;
  WorkCounts counts;
  static void describe(wire::Description<NextTask>&);
};

struct LeaseRequest {
  std::string lease_token;
  static void describe(wire::Description<LeaseRequest>&);
};

struct LeaseRenewed {
  Timestamp expires_at;
  static void describe(wire::Description<LeaseRenewed>&);
};

struct Skip {
  std::string lease_token, reason;
  static void describe(wire::Description<Skip>&);
};

struct Draft {
  wire::Json payload;
  static void describe(wire::Description<Draft>&);
};

struct Submission {
  std::string lease_token;
  wire::Json payload;
  double seconds_active = 0;
  std::optional<JudgmentId> supersedes;
  static void describe(wire::Description<Submission>&);
};

struct GoldResult {
  bool right = false;
  std::string explanation;
  static void describe(wire::Description<GoldResult>&);
};

struct Receipt {
  JudgmentId judgment_id;
  bool counted = true;
  std::optional<GoldResult> gold;
  bool paused = false, repeated = false;
  static void describe(wire::Description<Receipt>&);
};

struct Progress {
  std::int64_t done = 0, done_today = 0, available = 0, drafts = 0, golds = 0, golds_right = 0;
  bool paused = false;
  std::optional<std::string> pause_reason;
  static void describe(wire::Description<Progress>&);
};

struct Judgment {
  JudgmentId id;
  TaskId task_id;
  std::string kind;
  PersonId person_id;
  wire::Json payload;
  double seconds_active = 0;
  bool counted = true;
  std::optional<bool> gold_right;
  std::optional<JudgmentId> supersedes;
  std::int64_t guideline_version = 0, rubric_version = 0;
  Timestamp created_at;
  static void describe(wire::Description<Judgment>&);
};

struct Standing {
  JudgmentId judgment_id;
  TaskId task_id;
  std::string kind, state;
  bool counts = true;
  std::string clause, comment, objection, decision;
  Timestamp at;
  static void describe(wire::Description<Standing>&);
};

struct StandingQuery {
  std::optional<std::string> state;
  std::int64_t limit = 100;
  std::optional<std::string> cursor;
  static void describe(wire::Description<StandingQuery>&);
};

struct OwnTask {
  HandedTask task;
  Judgment judgment;
  std::optional<Standing> standing;
  static void describe(wire::Description<OwnTask>&);
};

struct Objection {
  std::string reason;
  static void describe(wire::Description<Objection>&);
};

struct JudgmentQuery {
  std::optional<RoundId> round_id;
  std::optional<PersonId> person_id;
  std::int64_t limit = 100;
  std::optional<std::string> cursor;
  static void describe(wire::Description<JudgmentQuery>&);
};

}  // namespace preceptor::server::api
