// What the rules of judging need from a database: typed queries and commands seen inside ONE transaction.
// Implemented by the module `store` on SQLite and PostgreSQL. A method that finds nothing answers
// std::nullopt or an empty list; a broken uniqueness throws Failure(conflict), a full disk
// Failure(out_of_space). Methods named lock_… hold what they read until the transaction ends; call them only
// in a write.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "feedback/access_records.hpp"
#include "feedback/answer_records.hpp"
#include "feedback/evidence_records.hpp"
#include "feedback/personal_records.hpp"
#include "feedback/types.hpp"

namespace preceptor::feedback {

struct Credentials {
  Person person;
  std::string password_hash;
};
struct PromptFilter {
  ProjectId project;
  std::optional<Split> split;
  Page page;
};
struct ResponseFilter {
  ProjectId project;
  RoundId round;
  ModelId model;
  PromptId prompt;
  Page page;
};
struct TaskFilter {
  ProjectId project;
  std::optional<TaskState> state;
  std::optional<TaskKind> kind;
  std::optional<Purpose> purpose;
  std::optional<bool> gold;
  RoundId round;
  Page page;
};
struct JudgmentFilter {
  ProjectId project;
  RoundId round;
  PersonId person;
  TaskId task;
  std::optional<TaskKind> kind;
  std::optional<Purpose> purpose;  // of the task
  std::optional<bool> gold;        // of the task
  std::optional<bool> counted;
  bool current_only = false;  // leave out what a later judgment supersedes
  Page page;
};
struct StandingFilter {
  ProjectId project;
  PersonId person;                     // whose judgments; none: everybody's
  std::optional<StandingState> state;  // none: any
  Page page;                           // by the judgment's id
};
struct TaskPlace {  // in the order in which open tasks of one lane are handed out
  LaneId lane;
  std::int64_t priority = 0;
  Timestamp due;  // the deadline, or the last moment of all
  TaskId task;
};
struct ClaimRequest {
  ProjectId project;
  PersonId person;
  std::vector<TaskKind> kinds;  // for what is kept for the person; none: all
  std::vector<LaneId> lanes;    // for what is not
  std::string lease_token;
  Timestamp now;
  Timestamp lease_expires_at;
  std::optional<TaskPlace> from;
};
struct TaskCounts {
  std::int64_t tasks = 0, done = 0, judgments_wanted = 0, judgments_counted = 0;
};
struct PersonProgress {
  std::int64_t done = 0, done_today = 0, drafts = 0;
};
struct EventRange {  // positions, both ends included
  std::int64_t first = 1, last = 0;
};

struct PeopleRecords {
  virtual ~PeopleRecords() = default;
  virtual PersonId add_person(const Person&, std::string_view password_hash) = 0;  // Person::id is ignored
  virtual std::optional<Person> person(PersonId) = 0;
  virtual std::optional<Credentials> credentials(std::string_view login) = 0;
  virtual void set_password_hash(PersonId, std::string_view password_hash) = 0;
  virtual Listing<Person> people(Page) = 0;

  virtual void add_session(std::string_view token_hash, const Session&) = 0;
  virtual std::optional<Session> session(std::string_view token_hash) = 0;  // expired ones too
  virtual void remove_session(std::string_view token_hash) = 0;
  virtual void remove_sessions_of(PersonId) = 0;
  virtual void remove_sessions_expired_before(Timestamp) = 0;

  virtual TokenId add_token(std::string_view token_hash, const ApiToken&) = 0;
  virtual std::optional<ApiToken> token(std::string_view token_hash) = 0;  // expired and revoked ones too
  virtual std::vector<ApiToken> tokens_of(PersonId) = 0;                   // not the revoked ones
  virtual bool revoke_token(PersonId, TokenId) = 0;
};

struct ProjectRecords {
  virtual ~ProjectRecords() = default;
  virtual ProjectId add_project(const Project&) = 0;
  virtual std::optional<Project> project(ProjectId) = 0;
  virtual std::optional<Project> project_of(TaskId) = 0;
  virtual std::optional<Project> lock_project(ProjectId) = 0;
  virtual std::vector<Project> projects() = 0;
  virtual std::vector<Project> projects_of(PersonId) = 0;
  virtual ProjectCounts project_counts(ProjectId) = 0;
  virtual void set_current_model(ProjectId, ModelId) = 0;
  virtual void set_policy(ProjectId, const Overlap&, const WorkPolicy&) = 0;
  virtual void update_project(const Project&) = 0;  // name, languages, domains and gold watch

  virtual std::int64_t add_guideline(ProjectId, std::string_view markdown,
                                     Timestamp) = 0;  // its version: 1, 2, …
  virtual std::vector<GuidelineVersion> guidelines(ProjectId) = 0;
  virtual std::int64_t add_rubric(const RubricVersion&) = 0;  // its version: 1, 2, …
  virtual std::vector<RubricVersion> rubrics(ProjectId) = 0;
  virtual std::optional<RubricVersion> rubric(ProjectId, std::int64_t version) = 0;

  virtual void put_role(ProjectId, PersonId, Role) = 0;  // adds the member or changes the role
  virtual std::optional<Membership> membership(ProjectId, PersonId) = 0;
  virtual std::optional<Membership> lock_membership(ProjectId, PersonId) = 0;
  virtual std::optional<Membership> lock_membership_for(TaskId, PersonId) = 0;  // of the task's project
  virtual void lock_members(ProjectId) = 0;                                     // all of them
  virtual void update_membership(const Membership&) = 0;                        // everything but the role
  virtual std::vector<Membership> members(ProjectId) = 0;
  virtual std::vector<Membership> memberships_of(PersonId) = 0;
  virtual Fit fit(ProjectId, PersonId) = 0;  // no limits when nothing was said
  virtual void put_fit(ProjectId, PersonId, const Fit&) = 0;
};

struct ContentRecords {
  virtual ~ContentRecords() = default;
  virtual PromptId add_prompt(const Prompt&) = 0;
  virtual std::optional<Prompt> prompt(PromptId) = 0;
  virtual std::optional<Prompt> prompt_of(TaskId) = 0;
  virtual std::optional<PromptId> prompt_with_key(ProjectId, std::string_view key) = 0;
  virtual Listing<Prompt> prompts(const PromptFilter&) = 0;
  virtual ResponseId add_response(const Response&) = 0;
  virtual std::optional<Response> response(ResponseId) = 0;
  virtual std::vector<Response> responses_of(TaskId) = 0;  // in the task's order
  virtual Listing<Response> responses(const ResponseFilter&) = 0;
  virtual TaskId add_task(const Task&) = 0;  // with its slots; a gold gets its slots as it is handed out
  virtual std::optional<Task> task(TaskId) = 0;
  virtual Listing<Task> tasks(const TaskFilter&) = 0;
  virtual TaskCounts task_counts(const TaskFilter&) = 0;
};

struct WorkRecords {
  virtual ~WorkRecords() = default;
  // The person's unfinished slot in the project, leased or expired and not taken over; the oldest first.
  virtual std::optional<Slot> own_slot(ProjectId, PersonId, std::span<const TaskKind>) = 0;
  virtual void release_expired(ProjectId, Timestamp now) = 0;  // leased → open; the holder stays on the slot
  // Where claim_slot would find a slot for the person now; changes nothing.
  virtual std::optional<TaskPlace> first_open_task(PersonId, std::span<const LaneId>) = 0;
  // One statement: the first open slot by priority (highest first), deadline (those without come last), task
  // id, ordinal, of a task of these lanes that the person was never handed. Golds and slots that are kept for
  // somebody are not among them. With `from`, the tasks of that lane, priority and deadline from there on are
  // tried first, which saves the search.
  virtual std::optional<Slot> claim_slot(const ClaimRequest&) = 0;
  virtual bool has_kept_slot(ProjectId, PersonId) = 0;  // open, of any kind
  // The first open slot that is kept for this person.
  virtual std::optional<Slot> claim_kept_slot(const ClaimRequest&) = 0;
  // A new slot of the first gold of these lanes, by priority and id, that the person was never handed.
  virtual std::optional<Slot> claim_gold(const ClaimRequest&) = 0;
  virtual std::optional<Slot> slot(SlotId) = 0;
  virtual std::optional<Slot> lock_slot(SlotId) = 0;
  virtual std::optional<Slot> lock_slot_of(TaskId, PersonId) = 0;  // the one of the assignment
  virtual std::vector<Slot> slots_of(TaskId) = 0;
  virtual void update_slot(const Slot&) = 0;  // state, person, lease
  virtual void finish_slot(SlotId) = 0;       // state alone
  // Tasks that the person could still be handed, golds not among them; counts up to `limit`.
  virtual std::int64_t available(PersonId, std::span<const LaneId>, std::int64_t limit) = 0;
  // Open tasks that nobody holds, or fewer: known without looking for the tasks. A person could still be
  // handed all but those that they ever had.
  virtual std::int64_t open_out_of_hands(ProjectId) = 0;
  virtual void count_judgment(
      TaskId) = 0;  // counted + 1; the task is done when the overlap is reached (golds never)

  virtual void uncount_judgment(TaskId) = 0;  // counted − 1; a task that was done is open again
  virtual SlotId add_slot(TaskId) = 0;        // one more open slot, after the last
  // Keeps an open slot of the task that nobody holds for this person; false when there is none.
  virtual bool keep_slot(TaskId, PersonId) = 0;
  // Takes an open slot that nobody holds or is kept for out of the task; false when there is none.
  virtual bool withdraw_open_slot(TaskId) = 0;
  virtual void set_task_state(TaskId, TaskState) = 0;
  virtual void set_subject(TaskId, JudgmentId) = 0;
  virtual std::vector<TaskId> follow_ups(TaskId about, TaskKind) = 0;

  virtual void put_assignment(const Assignment&) = 0;  // adds or replaces (task, person)
  virtual void set_assignment_state(TaskId, PersonId, AssignmentState) = 0;
  virtual std::optional<Assignment> assignment(TaskId, PersonId) = 0;
  virtual void add_skip(TaskId, PersonId, std::string_view reason, Timestamp) = 0;
  virtual void put_draft(const Draft&) = 0;
  virtual std::optional<Draft> draft(TaskId, PersonId) = 0;
  virtual void remove_draft(TaskId, PersonId) = 0;

  virtual JudgmentId add_judgment(const Judgment&) = 0;
  virtual std::optional<Judgment> judgment(JudgmentId) = 0;
  virtual std::optional<Judgment> judgment_with_key(PersonId, std::string_view idempotency_key) = 0;
  virtual std::optional<Judgment> latest_judgment(TaskId, PersonId) = 0;
  virtual Listing<Judgment> judgments(const JudgmentFilter&) = 0;
  virtual JudgmentId newest_judgment(ProjectId) = 0;  // none in an empty project
  virtual PersonProgress progress(ProjectId, PersonId, Timestamp today_begins) = 0;
};

// What a step is about to ask for, said before its first question: where each question is a journey, they are
// then asked at once. Answers and locks are the same without it.
struct ExpectedQuestions {
  virtual ~ExpectedQuestions() = default;
  virtual void expect_submission(TaskId, PersonId, std::string_view idempotency_key) = 0;
  virtual void expect_claim(ProjectId, PersonId, std::span<const TaskKind>) = 0;
  virtual void expect_shown(TaskId) = 0;
  // Said before anything is written: what follows changes more than what belongs to the person and the task.
  // A storage that does several commands at once then does this one by itself, from its beginning.
  virtual void act_alone() {}
};

struct ReviewRecords {
  virtual ~ReviewRecords() = default;
  virtual void put_standing(const Standing&) = 0;  // adds or replaces
  virtual std::optional<Standing> standing(JudgmentId) = 0;
  virtual Listing<Standing> standings(const StandingFilter&) = 0;
};

struct LibraryRecords {
  virtual ~LibraryRecords() = default;
  virtual SourceId add_source(const Source&) = 0;
  virtual std::optional<Source> source(SourceId) = 0;
  // Those whose title or address contains the words, whatever their case; all without words.
  virtual Listing<Source> sources(ProjectId, std::string_view words, Page) = 0;
  virtual ExchangeId add_exchange(const Exchange&) = 0;
  virtual std::optional<Exchange> exchange(ExchangeId) = 0;
  virtual std::vector<Exchange> exchanges(TaskId, PersonId) = 0;
  virtual std::vector<Exchange> exchanges_of(PersonId) = 0;  // in id order
};

struct LaneRecords {
  virtual ~LaneRecords() = default;
  virtual std::vector<Lane> lanes(ProjectId) = 0;
  virtual LaneId lane(const Lane&) = 0;  // the one with these facts, added when it is new
};

struct EventRecords {
  virtual ~EventRecords() = default;
  virtual void add_event(const Event&, const EventPayload&) = 0;
  // One sealer at a time: false when another one is at work now.
  virtual bool lock_sealer() = 0;
  virtual std::vector<Event> unsealed_events(std::int64_t limit) = 0;            // in id order
  virtual void set_positions(std::span<const EventId>, std::int64_t first) = 0;  // first, first + 1, …
  virtual void add_root(const EventRoot&) = 0;
  virtual std::optional<EventRoot> last_root() = 0;
  virtual Listing<EventRoot> roots(Page) = 0;               // Page::after is a root's number
  virtual std::vector<LoggedEvent> events(EventRange) = 0;  // sealed ones, in position order
  virtual std::vector<LoggedEvent> unsealed_with_payload() = 0;
  virtual bool erase_payload(EventId) = 0;
};

struct SignInCount {
  std::int64_t attempts = 0;
  Timestamp since;  // the first of them
};
// Attempts to sign in, by whatever they are counted for.
struct SignInRecords {
  virtual ~SignInRecords() = default;
  // One more; those from before the window's begin do not count. Answers all of them, this one too.
  virtual SignInCount count_sign_in(std::string_view subject, Timestamp now, Timestamp window_begin) = 0;
  virtual void take_sign_in_back(std::string_view subject) = 0;  // one less
  virtual void forget_sign_ins(std::string_view subject) = 0;
  virtual void forget_sign_ins_before(Timestamp) = 0;
};

struct Records : PeopleRecords,
                 AccessRecords,
                 PersonalRecords,
                 AnswerRecords,
                 EvidenceRecords,
                 ProjectRecords,
                 ContentRecords,
                 WorkRecords,
                 ExpectedQuestions,
                 ReviewRecords,
                 LibraryRecords,
                 LaneRecords,
                 EventRecords,
                 SignInRecords {
  ~Records() override = default;
};

}  // namespace preceptor::feedback
