#include "feedback/review.hpp"

#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "feedback/dispatch.hpp"
#include "feedback/events.hpp"
#include "feedback/follow_up.hpp"
#include "feedback/kinds/appeal.hpp"
#include "feedback/log_judgment.hpp"
#include "feedback/matter.hpp"
#include "feedback/review_policy.hpp"
#include "feedback/text_rules.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::size_t reason_bytes_max = 20'000;

void log_change(Records& records, std::string_view kind, const Judgment& judgment, const Judgment& decision,
                std::string_view what) {
  record_event(records, {kind, judgment.project, decision.person, judgment.id.value},
               {{"judgment_id", judgment.id.value},
                {"task_id", judgment.task.value},
                {"decided_by", decision.id.value},
                {"state", what}},
               decision.created_at);
}

void stand(Records& records, const Judgment& judgment, StandingState state, const Task& review,
           const Judgment& decision) {
  records.put_standing({.judgment = judgment.id,
                        .project = judgment.project,
                        .person = judgment.person,
                        .state = state,
                        .counts = judgment.counted,
                        .task = review.id,
                        .decided_by = decision.id,
                        .at = decision.created_at});
}

void open_review(Records& records, const Task& task, const Judgment& judgment) {
  const TaskId review = open_follow_up(records, TaskKind::review, task, judgment.id, judgment.created_at);
  records.put_standing({.judgment = judgment.id,
                        .project = judgment.project,
                        .person = judgment.person,
                        .counts = judgment.counted,
                        .task = review,
                        .at = judgment.created_at});
}

Result<Judgment> fix(Records& records, const Task& about, const Judgment& judgment, const Judgment& review,
                     const std::string& payload) {
  const auto own = records.assignment(about.id, review.person);
  if (own && own->state != AssignmentState::barred && own->state != AssignmentState::skipped) {
    return refuse(ErrorKind::conflict, "you judged this task yourself, and cannot judge it again",
                  "Accept, return or reject this judgment.", "/verdict");
  }
  Judgment fixed = judgment;
  fixed.person = review.person;
  fixed.payload = payload;
  fixed.seconds_active = 0;  // the review's
  fixed.supersedes = judgment.id;
  fixed.idempotency_key.clear();
  fixed.created_at = review.created_at;
  fixed.id = records.add_judgment(fixed);
  log_judgment(records, fixed, about);
  records.put_standing({.judgment = fixed.id,
                        .project = fixed.project,
                        .person = fixed.person,
                        .state = StandingState::accepted,
                        .counts = fixed.counted,
                        .decided_by = review.id,
                        .at = review.created_at});
  return fixed;
}

// Nothing follows from the work of an erased person: what it said is gone.
Result<void> settle(Records& records, const Task& task, const Judgment& judgment) {
  if (judgment.payload == erased_payload) return {};
  const auto settles = kind_of(task.kind).settle;
  return settles ? settles(records, task, judgment) : Result<void>{};
}

// The judgment and those that it superseded no longer count; its place in the task is open again.
void reject(Records& records, const Task& review_task, const Judgment& judgment, const Judgment& review) {
  const bool counted = judgment.counted;
  for (auto one = std::optional(judgment); one;
       one = one->supersedes ? records.judgment(one->supersedes) : std::nullopt) {
    one->counted = false;
    stand(records, *one, StandingState::rejected, review_task, review);
  }
  if (!counted) return;
  if (auto slot = records.lock_slot(judgment.slot)) {
    slot->state = SlotState::withdrawn;
    records.update_slot(*slot);
  }
  records.uncount_judgment(judgment.task);
  records.add_slot(judgment.task);
  log_change(records, event::judgment_uncounted, judgment, review, "rejected");
}

// The judgment that a task of the program's own is about, and that one's task.
struct Reviewed {
  Judgment judgment;
  Task task;
};
Reviewed reviewed_by(Records& records, const Task& review) {
  auto judgment = records.judgment(review.subject);
  auto task = records.task(review.about);
  if (!judgment || !task) throw Failure(ErrorKind::internal, "a review of nothing");
  return {std::move(*judgment), std::move(*task)};
}

}  // namespace

bool ask_for_review(Records& records, const WorkPolicy& policy, const Task& task, const Judgment& judgment,
                    std::int64_t before) {
  if (!judgment.counted || task.gold || kind_of(task.kind).made_by == MadeBy::rules) return false;
  if (!is_reviewed(policy, task.kind, task.id, judgment.person, before)) return false;
  open_review(records, task, judgment);
  return true;
}

Result<void> check_correctable(Records& records, const Judgment& before) {
  const auto standing = records.standing(before.id);
  if (!standing || standing->state == StandingState::in_review || standing->state == StandingState::returned)
    return {};
  return refuse(ErrorKind::conflict, "this judgment has been reviewed; it stays as it is",
                "A rejection can be appealed against.");
}

void review_correction(Records& records, const Task& task, const Judgment& before,
                       const Judgment& correction) {
  const auto standing = records.standing(before.id);
  if (!standing) return;
  if (standing->state == StandingState::returned) return open_review(records, task, correction);
  records.set_subject(standing->task, correction.id);
  records.put_standing({.judgment = correction.id,
                        .project = correction.project,
                        .person = correction.person,
                        .counts = correction.counted,
                        .task = standing->task,
                        .at = correction.created_at});
}

Result<void> settle_review(Records& records, const Task& review_task, const Judgment& review) {
  const auto [judgment, task] = reviewed_by(records, review_task);
  const auto payload = parse_review(review.payload, matter_of(records, review_task, review.person));
  if (!payload) return tl::unexpected(payload.error());
  const PersonId reviewer[] = {review.person};
  switch (payload->verdict) {
    case Verdict::accept:
      stand(records, judgment, StandingState::accepted, review_task, review);
      if (auto settled = settle(records, task, judgment); !settled) return settled;
      break;
    case Verdict::send_back: stand(records, judgment, StandingState::returned, review_task, review); break;
    case Verdict::reject: reject(records, review_task, judgment, review); break;
    case Verdict::fix: {
      const auto fixed = fix(records, task, judgment, review, payload->payload);
      if (!fixed) return tl::unexpected(fixed.error());
      stand(records, judgment, StandingState::fixed, review_task, review);
      if (auto settled = settle(records, task, *fixed); !settled) return settled;
      break;
    }
  }
  bar(records, task.id, reviewer, review.created_at);
  log_change(records, event::judgment_reviewed, judgment, review, name_of(payload->verdict));
  return {};
}

Result<void> appeal(Records& records, const Actor& actor, JudgmentId id, std::string_view reason,
                    const Clock& clock) {
  const auto unknown = refuse(ErrorKind::not_found, "you sent no judgment " + std::to_string(id.value),
                              "Open it from your own work.");
  const auto judgment = records.judgment(id);
  if (!judgment || judgment->person != actor.person) return unknown;
  const auto permitted = require(records, actor, judgment->project, Right::judge);
  if (!permitted) return tl::unexpected(permitted.error());
  if (auto checked = check_text(reason, reason_bytes_max, Blank::refused, "/reason"); !checked)
    return checked;
  auto standing = records.standing(id);
  const auto task = records.task(judgment->task);
  if (!standing || standing->state != StandingState::rejected || !task) {
    return refuse(ErrorKind::conflict, "only a rejection can be appealed against, and only once",
                  "What became of the judgment stands under your work.");
  }
  const Timestamp now = clock.now();
  standing->task = open_follow_up(records, TaskKind::appeal, *task, id, now);
  if (const auto review = records.judgment(standing->decided_by)) {
    const PersonId reviewer[] = {review->person};
    bar(records, standing->task, reviewer, now);
  }
  standing->state = StandingState::appealed;
  standing->note = std::string(reason);
  standing->at = now;
  records.put_standing(*standing);
  record_event(records, {event::judgment_appealed, judgment->project, actor.person, id.value},
               {{"judgment_id", id.value}, {"task_id", judgment->task.value}, {"sha256", sha256_hex(reason)}},
               now);
  return {};
}

Result<void> settle_appeal(Records& records, const Task& appeal_task, const Judgment& decision) {
  auto [judgment, task] = reviewed_by(records, appeal_task);
  const auto payload = parse_appeal(decision.payload);
  auto standing = records.standing(judgment.id);
  if (!payload) return tl::unexpected(payload.error());
  if (!standing) throw Failure(ErrorKind::internal, "an appeal for what was never rejected");
  standing->state = payload->overturned ? StandingState::reinstated : StandingState::upheld;
  standing->decided_by = decision.id;
  standing->at = decision.created_at;
  // Its place may have been filled in the meantime; then the work is kept, and one too many is not counted.
  auto slot = judgment.slot ? records.lock_slot(judgment.slot) : std::nullopt;
  if (payload->overturned && slot && records.withdraw_open_slot(task.id)) {
    records.finish_slot(slot->id);
    records.count_judgment(task.id);
    standing->counts = true;
    log_change(records, event::judgment_recounted, judgment, decision, "reinstated");
  }
  records.put_standing(*standing);
  log_change(records, event::appeal_decided, judgment, decision, name_of(standing->state));
  return payload->overturned ? settle(records, task, judgment) : Result<void>{};
}

}  // namespace preceptor::feedback
