#include "feedback/submit.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "feedback/adjudication.hpp"
#include "feedback/events.hpp"
#include "feedback/golds.hpp"
#include "feedback/log_judgment.hpp"
#include "feedback/matter.hpp"
#include "feedback/payload.hpp"
#include "feedback/review.hpp"
#include "feedback/work.hpp"

namespace preceptor::feedback {
namespace {

constexpr double seconds_active_max = 24 * 3600;
constexpr std::size_t key_bytes_max = 200;

std::optional<GoldVerdict> verdict_of(const Task& task, std::optional<bool> right) {
  if (!task.gold || !right) return std::nullopt;
  return GoldVerdict{*right, task.gold->explanation};
}

Result<Receipt> repeated(Records& records, const Submission& submission, const Judgment& before) {
  const auto task = records.task(before.task);
  const auto payload =
      task ? check_payload(task->kind, submission.payload, matter_of(records, *task, before.person))
           : Result<std::string>(before.payload);
  if (before.task != submission.task || before.supersedes != submission.supersedes || !payload ||
      *payload != before.payload) {
    return refuse(ErrorKind::conflict, "this idempotency key belongs to another judgment of yours",
                  "Use a new key for each judgment.", "Idempotency-Key");
  }
  return Receipt{.judgment = before.id,
                 .counted = before.counted,
                 .gold = task ? verdict_of(*task, before.gold_right) : std::nullopt,
                 .repeated = true};
}

Judgment judgment_from(const Actor& actor, const Submission& submission, const Task& task,
                       std::string payload, Timestamp now) {
  return {.project = task.project,
          .task = task.id,
          .kind = task.kind,
          .person = actor.person,
          .payload = std::move(payload),
          .seconds_active = submission.seconds_active,
          .idempotency_key = submission.idempotency_key,
          .guideline_version = task.guideline_version,
          .rubric_version = task.rubric_version,
          .created_at = now};
}

Result<Receipt> correct(Records& records, const Submission& submission, const Task& task, Judgment judgment) {
  const auto before = records.latest_judgment(task.id, judgment.person);
  if (!before || before->id != submission.supersedes) {
    return refuse(ErrorKind::conflict, "only your latest judgment on this task can be corrected",
                  "Reload it.");
  }
  if (task.gold)
    return refuse(ErrorKind::conflict, "the answer of a check question has been shown; it stays");
  if (kind_of(task.kind).settle && !records.standing(before->id))
    return refuse(ErrorKind::conflict, "what follows from this judgment has happened; it stays");
  if (auto correctable = check_correctable(records, *before); !correctable)
    return tl::unexpected(correctable.error());
  judgment.slot = before->slot;
  judgment.counted = before->counted;
  judgment.supersedes = before->id;
  judgment.id = records.add_judgment(judgment);
  log_judgment(records, judgment, task);
  review_correction(records, task, *before, judgment);
  return Receipt{.judgment = judgment.id, .counted = judgment.counted};
}

// Finishes the slot if it is still this person's; work on a slot that somebody took over is surplus.
void settle_slot(Records& records, Judgment& judgment) {
  const auto slot = records.lock_slot_of(judgment.task, judgment.person);
  judgment.counted = slot && slot->person == judgment.person && slot->state != SlotState::done;
  if (!judgment.counted) return;
  if (may_be_taken_over(*slot, judgment.created_at)) records.act_alone();
  judgment.slot = slot->id;
  records.finish_slot(slot->id);
}

// Enters the judgment into the member's figures; true when the gold watch raised the alarm.
bool settle_member(Records& records, const Project& project, const Judgment& judgment, Membership& member) {
  member.judgments += 1;
  const bool alarm = judgment.gold_right && watch_gold(member, *judgment.gold_right, project.gold_watch);
  records.update_membership(member);
  if (alarm) {
    record_event(records, {event::member_paused, member.project, {}, member.person.value},
                 {{"person_id", member.person.value}, {"reason", member.pause_reason}, {"automatic", true}},
                 judgment.created_at);
  }
  return alarm;
}

Result<void> check_figures(const Submission& submission) {
  if (!(submission.seconds_active >= 0 && submission.seconds_active <= seconds_active_max)) {
    return refuse(ErrorKind::invalid, "the active time is out of range", "Send seconds, at most a day.",
                  "/seconds_active");
  }
  if (submission.idempotency_key.size() > key_bytes_max ||
      std::any_of(submission.idempotency_key.begin(), submission.idempotency_key.end(),
                  [](char c) { return c < 33 || c > 126; })) {
    return refuse(ErrorKind::invalid, "the idempotency key is no short ASCII word", "Use a UUID.");
  }
  return {};
}

}  // namespace

Result<Receipt> submit(Records& records, const Actor& actor, const Submission& submission,
                       const Clock& clock) {
  const auto unknown = refuse(ErrorKind::not_found,
                              "task " + std::to_string(submission.task.value) + " was never handed to you",
                              "Get the next task.");
  records.expect_submission(submission.task, actor.person, submission.idempotency_key);
  const auto task = records.task(submission.task);
  if (!task) return unknown;
  // The lock lets one submission of a person pass at a time, so that a key sent twice at once is seen here.
  auto member = require_locked(records, actor, *task, Right::judge);
  if (!member) return tl::unexpected(member.error());
  if (auto checked = check_figures(submission); !checked) return tl::unexpected(checked.error());
  if (!submission.idempotency_key.empty()) {
    const auto before = records.judgment_with_key(actor.person, submission.idempotency_key);
    if (before) return repeated(records, submission, *before);
  }
  const auto assignment = records.assignment(task->id, actor.person);
  if (!assignment || assignment->state == AssignmentState::barred) return unknown;
  auto payload = check_payload(task->kind, submission.payload, matter_of(records, *task, actor.person));
  if (!payload) return tl::unexpected(payload.error());

  Judgment judgment = judgment_from(actor, submission, *task, std::move(*payload), clock.now());
  if (submission.supersedes || kind_of(task->kind).settle) records.act_alone();
  if (submission.supersedes) return correct(records, submission, *task, std::move(judgment));
  if (assignment->state == AssignmentState::done || assignment->state == AssignmentState::surplus) {
    return refuse(ErrorKind::conflict, "you have judged this task already",
                  "Open it under your work to correct it.");
  }
  if (submission.lease_token != assignment->lease_token) return unknown;

  settle_slot(records, judgment);
  if (task->gold) {
    judgment.gold_right = gold_right(*task->gold, *parse_compare(judgment.payload, task->responses));
  }
  judgment.id = records.add_judgment(judgment);
  if (judgment.counted) records.count_judgment(task->id);
  records.set_assignment_state(task->id, actor.person,
                               judgment.counted ? AssignmentState::done : AssignmentState::surplus);
  records.remove_draft(task->id, actor.person);
  log_judgment(records, judgment, *task);
  const auto project = records.project_of(task->id);
  const bool reviewed = ask_for_review(records, project->policy, *task, judgment, member->judgments);
  if (const auto settle = kind_of(task->kind).settle; settle && judgment.counted && !reviewed) {
    if (auto settled = settle(records, *task, judgment); !settled) return tl::unexpected(settled.error());
  }
  if (judgment.counted) adjudicate_disagreement(records, project->policy, task->id, judgment.created_at);
  const bool alarm = settle_member(records, *project, judgment, *member);
  return Receipt{.judgment = judgment.id,
                 .counted = judgment.counted,
                 .gold = verdict_of(*task, judgment.gold_right),
                 .paused = alarm};
}

}  // namespace preceptor::feedback
