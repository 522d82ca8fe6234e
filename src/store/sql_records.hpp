// All the queries and commands of loop::Records in SQL, over one connection and inside one transaction.
// The bodies stand in records/, by topic.
#pragma once

#include "store/connection.hpp"
#include "store/names.hpp"
#include "store/records_memory.hpp"

namespace preceptor::store {

struct Filling;

class SqlRecords final : public loop::Records {
public:
  SqlRecords(Connection& connection, RecordsMemory& memory) : connection_(connection), memory_(memory) {}

  // PeopleRecords
  PersonId add_person(const Person&, std::string_view password_hash) override;
  std::optional<Person> person(PersonId) override;
  std::optional<Credentials> credentials(std::string_view login) override;
  void set_password_hash(PersonId, std::string_view password_hash) override;
  Listing<Person> people(Page) override;
  void add_session(std::string_view token_hash, const Session&) override;
  std::optional<Session> session(std::string_view token_hash) override;
  void remove_session(std::string_view token_hash) override;
  void remove_sessions_of(PersonId) override;
  void remove_sessions_expired_before(Timestamp) override;
  TokenId add_token(std::string_view token_hash, const ApiToken&) override;
  std::optional<ApiToken> token(std::string_view token_hash) override;
  std::vector<ApiToken> tokens_of(PersonId) override;
  bool revoke_token(PersonId, TokenId) override;

  // AccessRecords
  std::vector<Session> sessions_of(PersonId) override;
  bool remove_session_of(PersonId, feedback::SessionId) override;
  void remove_sessions_but(PersonId, feedback::SessionId kept) override;
  void touch_session(feedback::SessionId, Timestamp) override;
  feedback::InvitationId add_invitation(std::string_view token_hash, const Invitation&) override;
  std::optional<Invitation> invitation(std::string_view token_hash) override;
  std::vector<Invitation> invitations(ProjectId) override;
  bool take_invitation(feedback::InvitationId, PersonId, Timestamp) override;
  bool revoke_invitation(ProjectId, feedback::InvitationId) override;
  feedback::PasswordResetId add_password_reset(std::string_view token_hash, const PasswordReset&) override;
  std::optional<PasswordReset> password_reset(std::string_view token_hash) override;
  bool take_password_reset(feedback::PasswordResetId, Timestamp) override;
  void expire_password_resets(PersonId, Timestamp) override;
  void put_second_factor(const SecondFactor&) override;
  std::optional<SecondFactor> second_factor(PersonId) override;
  void confirm_second_factor(PersonId) override;
  bool use_step(PersonId, std::int64_t step) override;
  void remove_second_factor(PersonId) override;
  void put_recovery_codes(PersonId, std::span<const std::string> hashes) override;
  bool use_recovery_code(PersonId, std::string_view hash) override;
  std::int64_t recovery_codes_left(PersonId) override;

  // PersonalRecords
  std::vector<Draft> drafts_of(PersonId) override;
  std::vector<feedback::Skip> skips_of(PersonId) override;
  Listing<LoggedEvent> events_about(PersonId, Page) override;
  Listing<LoggedEvent> reads_of_people(Page) override;
  feedback::ErasedRows erase_rows_of(PersonId, std::string_view login, std::string_view name,
                                     Timestamp) override;
  std::int64_t erase_payloads_of(PersonId, EventId first, std::int64_t count) override;
  EventId last_event() override;

  // AnswerRecords
  bool claim_answer(const feedback::KeptAnswer&) override;
  std::optional<feedback::KeptAnswer> kept_answer(PersonId, std::string_view route,
                                                  std::string_view name) override;
  void finish_answer(const feedback::KeptAnswer&) override;
  void drop_answer(PersonId, std::string_view route, std::string_view name) override;
  void remove_answers_before(Timestamp) override;

  // EvidenceRecords
  feedback::EvidenceId add_evidence(const feedback::Evidence&) override;
  std::vector<feedback::Evidence> evidence(TaskId, PersonId) override;
  std::vector<feedback::Evidence> evidence_of(PersonId) override;

  // ErasureRecords
  std::int64_t add_tombstones(PersonId, Timestamp) override;
  std::vector<loop::Tombstone> tombstones(ProjectId) override;

  // ProjectRecords
  ProjectId add_project(const Project&) override;
  std::optional<Project> project(ProjectId) override;
  std::optional<Project> project_of(TaskId) override;
  std::optional<Project> lock_project(ProjectId) override;
  std::vector<Project> projects() override;
  std::vector<Project> projects_of(PersonId) override;
  ProjectCounts project_counts(ProjectId) override;
  void set_current_model(ProjectId, ModelId) override;
  void set_policy(ProjectId, const feedback::Overlap&, const feedback::WorkPolicy&) override;
  void update_project(const Project&) override;
  std::int64_t add_guideline(ProjectId, std::string_view markdown, Timestamp) override;
  std::vector<GuidelineVersion> guidelines(ProjectId) override;
  std::int64_t add_rubric(const RubricVersion&) override;
  std::vector<RubricVersion> rubrics(ProjectId) override;
  std::optional<RubricVersion> rubric(ProjectId, std::int64_t version) override;
  void put_role(ProjectId, PersonId, Role) override;
  std::optional<Membership> membership(ProjectId, PersonId) override;
  std::optional<Membership> lock_membership(ProjectId, PersonId) override;
  std::optional<Membership> lock_membership_for(TaskId, PersonId) override;
  void lock_members(ProjectId) override;
  void update_membership(const Membership&) override;
  std::vector<Membership> members(ProjectId) override;
  std::vector<Membership> memberships_of(PersonId) override;
  feedback::Fit fit(ProjectId, PersonId) override;
  void put_fit(ProjectId, PersonId, const feedback::Fit&) override;

  // ContentRecords
  PromptId add_prompt(const Prompt&) override;
  std::optional<Prompt> prompt(PromptId) override;
  std::optional<Prompt> prompt_of(TaskId) override;
  std::optional<PromptId> prompt_with_key(ProjectId, std::string_view key) override;
  Listing<Prompt> prompts(const PromptFilter&) override;
  ResponseId add_response(const Response&) override;
  std::optional<Response> response(ResponseId) override;
  std::vector<Response> responses_of(TaskId) override;
  Listing<Response> responses(const ResponseFilter&) override;
  TaskId add_task(const Task&) override;
  std::optional<Task> task(TaskId) override;
  Listing<Task> tasks(const TaskFilter&) override;
  TaskCounts task_counts(const TaskFilter&) override;

  // WorkRecords
  std::optional<Slot> own_slot(ProjectId, PersonId, std::span<const TaskKind>) override;
  void release_expired(ProjectId, Timestamp now) override;
  std::optional<feedback::TaskPlace> first_open_task(PersonId, std::span<const LaneId>) override;
  std::optional<Slot> claim_slot(const ClaimRequest&) override;
  bool has_kept_slot(ProjectId, PersonId) override;
  std::optional<Slot> claim_kept_slot(const ClaimRequest&) override;
  std::optional<Slot> claim_gold(const ClaimRequest&) override;
  std::optional<Slot> slot(SlotId) override;
  std::optional<Slot> lock_slot(SlotId) override;
  std::optional<Slot> lock_slot_of(TaskId, PersonId) override;
  std::vector<Slot> slots_of(TaskId) override;
  void update_slot(const Slot&) override;
  void finish_slot(SlotId) override;
  std::int64_t available(PersonId, std::span<const LaneId>, std::int64_t limit) override;
  std::int64_t open_out_of_hands(ProjectId) override;
  void count_judgment(TaskId) override;
  void uncount_judgment(TaskId) override;
  SlotId add_slot(TaskId) override;
  bool keep_slot(TaskId, PersonId) override;
  bool withdraw_open_slot(TaskId) override;
  void set_task_state(TaskId, feedback::TaskState) override;
  void set_subject(TaskId, JudgmentId) override;
  std::vector<TaskId> follow_ups(TaskId about, TaskKind) override;
  void put_assignment(const Assignment&) override;
  void set_assignment_state(TaskId, PersonId, feedback::AssignmentState) override;
  std::optional<Assignment> assignment(TaskId, PersonId) override;
  void add_skip(TaskId, PersonId, std::string_view reason, Timestamp) override;
  void put_draft(const Draft&) override;
  std::optional<Draft> draft(TaskId, PersonId) override;
  void remove_draft(TaskId, PersonId) override;
  JudgmentId add_judgment(const Judgment&) override;
  std::optional<Judgment> judgment(JudgmentId) override;
  std::optional<Judgment> judgment_with_key(PersonId, std::string_view idempotency_key) override;
  std::optional<Judgment> latest_judgment(TaskId, PersonId) override;
  Listing<Judgment> judgments(const JudgmentFilter&) override;
  JudgmentId newest_judgment(ProjectId) override;
  PersonProgress progress(ProjectId, PersonId, Timestamp today_begins) override;

  // ExpectedQuestions
  void expect_submission(TaskId, PersonId, std::string_view idempotency_key) override;
  void expect_claim(ProjectId, PersonId, std::span<const TaskKind>) override;
  void expect_shown(TaskId) override;
  void act_alone() override;

  // LibraryRecords
  SourceId add_source(const feedback::Source&) override;
  std::optional<feedback::Source> source(SourceId) override;
  Listing<feedback::Source> sources(ProjectId, std::string_view words, Page) override;
  ExchangeId add_exchange(const feedback::Exchange&) override;
  std::optional<feedback::Exchange> exchange(ExchangeId) override;
  std::vector<feedback::Exchange> exchanges(TaskId, PersonId) override;
  std::vector<feedback::Exchange> exchanges_of(PersonId) override;

  // ReviewRecords, LaneRecords
  void put_standing(const feedback::Standing&) override;
  std::optional<feedback::Standing> standing(JudgmentId) override;
  Listing<feedback::Standing> standings(const feedback::StandingFilter&) override;
  std::vector<Lane> lanes(ProjectId) override;
  LaneId lane(const Lane&) override;

  // EventRecords
  void add_event(const Event&, const EventPayload&) override;
  bool lock_sealer() override;
  std::vector<Event> unsealed_events(std::int64_t limit) override;
  void set_positions(std::span<const EventId>, std::int64_t first) override;
  void add_root(const EventRoot&) override;
  std::optional<EventRoot> last_root() override;
  Listing<EventRoot> roots(Page) override;
  std::vector<LoggedEvent> events(EventRange) override;
  std::vector<LoggedEvent> unsealed_with_payload() override;
  bool erase_payload(EventId) override;

  // RoundRecords
  RoundId add_round(const Round&) override;
  std::optional<Round> round(RoundId) override;
  std::vector<Round> rounds(ProjectId) override;
  void update_round(const Round&) override;
  RoundCounts round_counts(RoundId) override;
  SnapshotId add_snapshot(const Snapshot&, std::span<const JudgmentId>) override;
  std::optional<Snapshot> snapshot(SnapshotId) override;
  std::vector<Snapshot> snapshots(ProjectId, RoundId) override;
  std::vector<JudgmentId> snapshot_judgments(SnapshotId) override;
  std::vector<SnapshotId> snapshots_with(JudgmentId) override;
  RunId add_run(const Run&) override;
  std::optional<Run> run(RunId) override;
  std::optional<Run> run_of_job(JobId) override;
  std::vector<Run> runs(ProjectId, RoundId) override;
  std::vector<Run> runs_on(SnapshotId) override;
  void update_run(const Run&) override;
  void put_run_step(RunId, const RunStep&) override;
  std::vector<RunStep> run_steps(RunId) override;

  // ModelRecords
  ModelId add_model(const Model&) override;
  std::optional<Model> model(ModelId) override;
  std::optional<Model> model_with_hash(ProjectId, std::string_view sha256) override;
  std::vector<Model> models(ProjectId) override;
  std::vector<Model> children_of(ModelId) override;
  PromotionId add_promotion(const Promotion&) override;
  std::vector<Promotion> promotions(ProjectId) override;

  // EvaluationRecords
  EvaluationId add_evaluation(const Evaluation&) override;
  std::optional<Evaluation> evaluation(EvaluationId) override;
  std::optional<Evaluation> evaluation_of_job(JobId) override;
  std::vector<Evaluation> evaluations(ProjectId, RoundId) override;
  void update_evaluation(const Evaluation&) override;
  void add_evaluation_answer(const EvaluationAnswer&) override;
  std::vector<EvaluationAnswer> evaluation_answers(EvaluationId) override;
  void add_evaluation_pair(const EvaluationPair&) override;
  std::vector<EvaluationPair> evaluation_pairs(EvaluationId) override;
  BlindCounts blind_counts(EvaluationId) override;
  void put_metric_value(const MetricValue&) override;
  std::vector<MetricValue> metric_values(EvaluationId) override;

  // JobRecords
  JobId add_job(const Job&) override;
  std::optional<Job> job(JobId) override;
  Listing<Job> jobs(const JobFilter&) override;
  std::optional<Job> claim_job(std::string_view worker, Timestamp now, Timestamp lease_expires_at) override;
  bool heartbeat_job(const Job&) override;
  void update_job(const Job&) override;
  bool request_cancel(JobId, Timestamp now) override;
  void add_job_log(JobId, std::string_view text, Timestamp) override;
  std::vector<JobLogLine> job_log(JobId, std::int64_t after_number, std::int64_t limit) override;

  loop::WorkUnderWay work_under_way() override;

  // SignInRecords
  feedback::SignInCount count_sign_in(std::string_view subject, Timestamp now,
                                      Timestamp window_begin) override;
  void take_sign_in_back(std::string_view subject) override;
  void forget_sign_ins(std::string_view subject) override;
  void forget_sign_ins_before(Timestamp) override;

  std::int64_t fill_judgments(const Filling&);  // filling.hpp

private:
  JudgmentId next_judgment();  // PostgreSQL's
  std::optional<Slot> claim_slot_from(const feedback::ClaimRequest&, const feedback::TaskPlace&);

  Connection& connection_;
  RecordsMemory& memory_;
  bool rubric_added_ = false;  // perhaps not to stay: nothing read here is kept any more
};

}  // namespace preceptor::store
