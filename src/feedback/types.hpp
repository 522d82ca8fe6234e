// What the judging side of Preceptor talks about. Plain data; the rules stand in the other headers of this
// folder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "feedback/ids.hpp"

namespace preceptor::feedback {

enum class Role { trainer, reviewer, lead, owner };
// Their numbers stand in databases: new ones go to the end. What each is: kinds/kind.hpp.
enum class TaskKind {
  compare,
  rate,
  write,
  review,
  spans,
  edit,
  rewrite,
  flag,
  rubric,
  fact_check,
  prompt,
  chat,
  adjudicate,
  appeal
};
inline constexpr std::size_t task_kind_count = 14;
enum class Purpose { training, evaluation };
enum class Split {
  train,
  evaluation,
  gold,
  brief
};  // brief: tells people what to write, no model answers it
enum class TaskState { open, done, closed };
enum class SlotState { open, leased, done, withdrawn };  // withdrawn: what was done in it no longer counts
enum class TokenScope { read, write, judge, model };     // what a token is good for: see rights.hpp
enum class StandingState { in_review, accepted, fixed, returned, rejected, appealed, upheld, reinstated };

// Names as they stand in JSON and in the database; from_name answers nothing for a word that is none of them.
std::string_view name_of(Role);
std::string_view name_of(TaskKind);
std::string_view name_of(Purpose);
std::string_view name_of(Split);
std::string_view name_of(TaskState);
std::string_view name_of(SlotState);
std::string_view name_of(TokenScope);
std::string_view name_of(StandingState);
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
template <>
std::optional<StandingState> from_name(std::string_view);

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
  std::map<TaskKind, std::int64_t> others = {};  // where the project wants another than the kind's own
  std::int64_t of(TaskKind) const;
};
struct ReviewPolicy {         // of one kind; see review_policy.hpp
  std::int64_t newcomer = 0;  // the first so many judgments of a person are all reviewed
  double share = 0.05;        // of those that follow; never less than 0.05
};
struct WorkPolicy {
  std::map<TaskKind, ReviewPolicy> review;  // kinds that are not there are not reviewed
  double adjudicate_below = 0;  // judgments that agree less than this go to an adjudicator; 0: never
  bool hazard_consent = false;  // work with a hazard only for those who consented to it
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
  WorkPolicy policy;
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
struct RubricCriterion {  // met or not; see kinds/rubric.hpp
  std::string key;
  std::string label;
  std::int64_t weight = 1;  // below zero: what an answer should not do
};
struct RubricVersion {
  ProjectId project;
  std::int64_t version = 0;
  std::vector<RubricDimension> dimensions;
  std::vector<RubricCriterion> criteria;
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

// What a member told of themselves, or a lead of them; an empty list sets no limit. See dispatch.hpp.
struct Fit {
  std::vector<std::string> languages, domains;
  std::vector<std::string> hazards;  // consented to
  std::vector<TaskKind> kinds;       // skills
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
  JudgmentId written_in;  // the judgment in which a person wrote it
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
  JudgmentId written_in;        // the judgment in which a person wrote it
  Timestamp created_at;
};
// Tasks of one project that suit the same people: what the search for the next task goes by.
struct Lane {
  LaneId id;
  ProjectId project;
  TaskKind kind = TaskKind::compare;
  std::string language, domain, hazard;
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
  JudgmentId subject;  // the judgment that it is about: reviewed, appealed for, or carried on
  TaskId about;        // the task of that judgment, or the one whose judgments disagree
  LaneId lane;
  Timestamp deadline;        // none: zero
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
// barred: never to be handed to this person, who wrote, judged or reviewed what it is about.
enum class AssignmentState { working, done, surplus, skipped, barred };
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
  bool counted = true;  // as it was sent in, unless a review decided otherwise
  std::optional<bool> gold_right;
  JudgmentId supersedes;
  std::string idempotency_key;
  std::int64_t guideline_version = 0;
  std::int64_t rubric_version = 0;
  Timestamp created_at;
};

// Where a judgment stands in review. The judgment stays as it is; this is what was said about it.
struct Standing {
  JudgmentId judgment;
  ProjectId project;
  PersonId person;  // whose judgment it is
  StandingState state = StandingState::in_review;
  bool counts = true;     // in place of Judgment::counted
  TaskId task;            // the review or appeal that waits, or the last one
  JudgmentId decided_by;  // the review or the decision on the appeal
  std::string note;       // the person's reason to appeal
  Timestamp at;
};

// What a claim can be held against: part of the project's library.
struct Source {
  SourceId id;
  ProjectId project;
  std::string title;
  std::string address;  // URL, or a citation
  std::string excerpt;  // what it says, as it was archived
  std::string sha256;   // of the excerpt, hex
  PersonId added_by;
  Timestamp created_at;
};
struct Exchange {  // what a model answered to the person who works on a task
  ExchangeId id;
  TaskId task;
  PersonId person;
  std::vector<Message> messages;  // the last is the person's
  std::string reply;
  ModelId model;
  std::string finish;
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
