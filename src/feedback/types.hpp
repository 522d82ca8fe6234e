// What the judging side of Preceptor talks about. Plain data; the rules stand in the other headers of this
// folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "feedback/ids.hpp"

namespace preceptor::feedback {

enum class Role { trainer, reviewer, lead, owner };
enum class TaskKind { compare, rate, write };
enum class Purpose { training, evaluation };
enum class Split { train, evaluation, gold };
enum class TaskState { open, done, closed };
enum class SlotState { open, leased, done };
enum class TokenScope { read, write, judge, model };  // what a token is good for: see rights.hpp

// Names as they stand in JSON and in the database; from_name answers nothing for a word that is none of them.
std::string_view name_of(Role);
std::string_view name_of(TaskKind);
std::string_view name_of(Purpose);
std::string_view name_of(Split);
std::string_view name_of(TaskState);
std::string_view name_of(SlotState);
std::string_view name_of(TokenScope);
template <class Enum>
std::optional<Enum> from_name(std::string_view);
template <>
std::optional<Role> from_name(std::string_view);
template <>
std::optional<TaskKind> from_name(std::string_view);
template <>
std::optional<Purpose> from_name(std::string_view);
template <>
std::optional<Split> from_name(std::string_view);
template <>
std::optional<TaskState> from_name(std::string_view);
template <>
std::optional<SlotState> from_name(std::string_view);
template <>
std::optional<TokenScope> from_name(std::string_view);

// One page of a list in ascending id order: `after` is the id of the last item seen (0: from the start).
struct Page {
  std::int64_t limit = 100;
  std::int64_t after = 0;
};
template <class T>
struct Listing {
  std::vector<T> items;
  std::optional<std::int64_t> next;  // the `after` of the next page; nothing on the last one
};

// ---- people
// -------------------------------------------------------------------------------------------------------

struct Person {
  PersonId id;
  std::string login;
  std::string name;
  bool simulated = false;
  bool administrator = false;
  Timestamp created_at;
  Timestamp erased_at;  // zero: never; else a number is all that is left
};
struct Session {
  PersonId person;
  std::string csrf_token;
  Timestamp expires_at;
  std::string device;  // as the browser names itself, in words; may be empty
  Timestamp created_at, last_seen_at;
  SessionId id;
};
struct ApiToken {
  TokenId id;
  PersonId person;
  std::string name;
  TokenScope scope = TokenScope::write;
  Timestamp created_at;
  Timestamp expires_at;
  bool revoked = false;
};

// ---- projects
// -----------------------------------------------------------------------------------------------------

struct Overlap {  // counted judgments asked for per task
  std::int64_t compare = 3;
  std::int64_t rate = 2;
  std::int64_t write = 1;
  std::int64_t of(TaskKind) const;
};
struct GoldWatchSettings {  // see quality/watch.hpp
  double good = 0.85;
  double bad = 0.60;
  double threshold = 9;
  double rate = 0.1;  // share of the tasks handed to a person that are golds, while unseen golds remain
};
struct Project {
  ProjectId id;
  std::string name;
  std::vector<std::string> languages;
  std::vector<std::string> domains;
  Overlap overlap;
  GoldWatchSettings gold_watch;
  ModelId current_model;
  std::int64_t guideline_version = 0;  // the latest
  std::int64_t rubric_version = 0;
  Timestamp created_at;
};
struct ProjectCounts {
  std::int64_t prompts = 0, responses = 0, tasks_open = 0, tasks_done = 0, golds = 0, judgments = 0,
               members = 0;
};
struct GuidelineVersion {
  ProjectId project;
  std::int64_t version = 0;
  std::string markdown;
  Timestamp created_at;
};
struct RubricDimension {
  std::string key;
  std::string label;
  std::int64_t scale_min = 1;
  std::int64_t scale_max = 5;
  std::vector<std::string> anchors;                   // wording of the points, lowest first; may be empty
  std::optional<std::int64_t> reason_required_below;  // a score under this needs a reason in writing
};
struct RubricVersion {
  ProjectId project;
  std::int64_t version = 0;
  std::vector<RubricDimension> dimensions;
  Timestamp created_at;
};
struct Membership {
  ProjectId project;
  PersonId person;
  Role role = Role::trainer;
  bool paused = false;
  std::string pause_reason;
  double watch = 0;            // level of the gold watch (CUSUM)
  std::int64_t handed = 0;     // tasks handed out so far
  std::int64_t judgments = 0;  // sent in, counted and surplus, corrections not among them
  std::int64_t golds = 0;
  std::int64_t golds_right = 0;
};

// ---- content
// ------------------------------------------------------------------------------------------------------

struct Message {
  std::string role;  // system, user, assistant
  std::string content;
};
struct Prompt {
  PromptId id;
  ProjectId project;
  std::vector<Message> messages;
  std::string intent, domain, language, hazard, difficulty;
  Split split = Split::train;
  std::string source;
  std::string key;  // the author's own name for it, unique in the project unless empty
  PersonId author;
  Timestamp created_at;
};
struct Response {
  ResponseId id;
  ProjectId project;
  PromptId prompt;
  std::string text;
  ModelId model;  // none: written by a person or imported
  RoundId round;
  std::string settings = "{}";  // JSON: sampling settings, seed, finish
  Timestamp created_at;
};
struct GoldAnswer {  // of a compare task
  ResponseId better;
  std::string explanation;
};
struct Task {
  TaskId id;
  ProjectId project;
  TaskKind kind = TaskKind::compare;
  PromptId prompt;
  std::vector<ResponseId> responses;
  std::int64_t overlap = 1;  // a gold has no limit: everyone may get it once
  std::int64_t priority = 0;
  Purpose purpose = Purpose::training;
  std::optional<GoldAnswer> gold;
  RoundId round;
  TaskState state = TaskState::open;
  std::int64_t counted = 0;  // counted judgments so far
  std::int64_t guideline_version = 0;
  std::int64_t rubric_version = 0;
  Timestamp created_at;
};

// ---- work
// ---------------------------------------------------------------------------------------------------------

struct Slot {
  SlotId id;
  TaskId task;
  std::int64_t ordinal = 0;
  SlotState state = SlotState::open;
  PersonId person;  // the holder; stays on an expired slot until somebody else takes it
  std::string lease_token;
  Timestamp lease_expires_at;
};
enum class AssignmentState { working, done, surplus, skipped };
// A task that was handed to a person. It outlives the lease, so that late work is recognised and kept.
struct Assignment {
  TaskId task;
  PersonId person;
  SlotId slot;
  std::string lease_token;
  AssignmentState state = AssignmentState::working;
  Timestamp assigned_at;
};
struct Draft {
  TaskId task;
  PersonId person;
  std::string payload;  // JSON, as typed so far; not checked against the rubric
  Timestamp saved_at;
};
struct Judgment {  // immutable
  JudgmentId id;
  ProjectId project;
  TaskId task;
  TaskKind kind = TaskKind::compare;
  SlotId slot;  // none for surplus work
  PersonId person;
  std::string payload;  // JSON that passed check_payload
  double seconds_active = 0;
  bool counted = true;
  std::optional<bool> gold_right;
  JudgmentId supersedes;
  std::string idempotency_key;
  std::int64_t guideline_version = 0;
  std::int64_t rubric_version = 0;
  Timestamp created_at;
};

// ---- event log
// ----------------------------------------------------------------------------------------------------

struct Event {
  EventId id;
  std::string kind;  // "judgment.submitted", see events.hpp
  ProjectId project;
  PersonId actor;
  std::int64_t subject = 0;  // id of what it is about
  Timestamp at;
  std::string commitment;     // hex sha256 of salt then payload
  std::int64_t position = 0;  // 1, 2, … once sealed; 0 before
};
struct EventPayload {   // stands beside the event and may be erased; the event stays verifiable without it
  std::string salt;     // hex
  std::string payload;  // JSON
};
struct LoggedEvent {
  Event event;
  std::optional<EventPayload> payload;  // nothing: erased
};
struct EventRoot {          // closes positions first … last
  std::int64_t number = 0;  // 1, 2, …
  std::int64_t first = 0, last = 0;
  std::string root;  // hex: sha256(0x02 ‖ previous root ‖ Merkle root of the leaves)
  Timestamp sealed_at;
};

}  // namespace preceptor::feedback
