#include "feedback/work.hpp"

#include <algorithm>
#include <cmath>

#include "base/hash.hpp"
#include "base/password.hpp"
#include "base/random.hpp"
#include "feedback/dispatch.hpp"
#include "feedback/earlier_work.hpp"
#include "feedback/payload.hpp"
#include "feedback/text_rules.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::size_t lease_token_bytes = 18;
constexpr std::size_t reason_bytes_max = 2000;

// Whether the n-th task handed to a person (n from 1) is a gold.
bool is_gold_turn(std::int64_t n, double rate) {
  const auto golds_after = [&](std::int64_t handed) {
    return std::floor(static_cast<double>(handed) * rate + 1e-9);
  };
  return golds_after(n) > golds_after(n - 1);
}

// Options are shuffled: judges favour the first shown.
std::vector<ShownResponse> shuffled_responses(Records& records, const Task& task, PersonId person) {
  std::vector<ShownResponse> shown;
  for (Response& response : records.responses_of(task.id))
    shown.push_back({response.id, std::move(response.text)});
  Random random(xxh3(std::to_string(task.id.value) + ":" + std::to_string(person.value)));
  random.shuffle(shown);
  return shown;
}

// Up to `limit`. Counting a hundred tasks for everybody who gets one would cost more than all the rest.
std::int64_t available_tasks(Records& records, const Membership& member, const SuitableLanes& lanes,
                             std::int64_t limit) {
  if (lanes.all && records.open_out_of_hands(member.project) - member.handed >= limit) return limit;
  return records.available(member.person, lanes.ids, limit);
}

std::optional<Slot> resumed(Records& records, ProjectId project, PersonId person,
                            std::span<const TaskKind> kinds, Timestamp now) {
  auto own = records.own_slot(project, person, kinds);
  if (!own) return std::nullopt;
  auto slot = records.lock_slot(own->id);
  if (!slot || slot->person != person || slot->state == SlotState::done) return std::nullopt;
  if (may_be_taken_over(*slot, now)) records.act_alone();
  slot->state = SlotState::leased;
  slot->lease_expires_at = now + lease_duration;
  records.update_slot(*slot);
  return slot;
}

std::optional<Handed> fresh_task(Records& records, const Project& project, Membership& member,
                                 std::span<const TaskKind> kinds, const Outlook& outlook, Timestamp now) {
  const auto& place = outlook.place;
  records.release_expired(project.id, now);
  ClaimRequest request{.project = project.id,
                       .person = member.person,
                       .kinds = {kinds.begin(), kinds.end()},
                       .lease_token = random_token(lease_token_bytes),
                       .now = now,
                       .lease_expires_at = now + lease_duration,
                       .from = place};
  std::optional<Slot> slot;
  if (records.has_kept_slot(project.id, member.person)) slot = records.claim_kept_slot(request);
  bool ordinary = !slot;
  const bool gold = !slot && is_gold_turn(member.handed + 1, project.gold_watch.rate);
  // The lanes are only asked for where the place that was looked up does not do.
  if (!slot && !gold && place) slot = records.claim_slot(request);
  auto available = outlook.available;
  if (!slot) {
    const auto lanes = suitable_lanes(records, project, member, kinds);
    if (!available) available = available_tasks(records, member, lanes, available_max + 1);
    request.lanes = lanes.ids;
    request.from.reset();
    if (gold) slot = records.claim_gold(request);
    ordinary = !slot;
    if (!slot && gold) request.from = place;
    if (!slot) slot = records.claim_slot(request);
  }
  if (!slot) return std::nullopt;
  records.put_assignment({.task = slot->task,
                          .person = member.person,
                          .slot = slot->id,
                          .lease_token = slot->lease_token,
                          .assigned_at = now});
  member.handed += 1;
  records.update_membership(member);
  Handed handed{.slot = *std::move(slot)};
  if (available) {
    handed.available = std::clamp<std::int64_t>(*available - (ordinary ? 1 : 0), 0, available_max);
  }
  return handed;
}

struct Held {
  Task task;
  Assignment assignment;
};

// A task in the hands of the actor; with an empty token any lease of theirs will do.
Result<Held> held_by(Records& records, const Actor& actor, TaskId id, std::optional<std::string_view> token) {
  const auto unknown =
      refuse(ErrorKind::not_found, "task " + std::to_string(id.value) + " is not in your hands",
             "Get the next task.");
  auto task = records.task(id);
  if (!task) return unknown;
  const auto permitted = require(records, actor, task->project, Right::judge);
  if (!permitted) return tl::unexpected(permitted.error());
  auto assignment = records.assignment(id, actor.person);
  if (!assignment || assignment->state == AssignmentState::barred) return unknown;
  if (token && *token != assignment->lease_token) return unknown;
  if (assignment->state != AssignmentState::working) {
    return refuse(ErrorKind::conflict, "you have finished task " + std::to_string(id.value),
                  "Get the next task.");
  }
  return Held{std::move(*task), std::move(*assignment)};
}

tl::unexpected<Error> taken_over() {
  return refuse(ErrorKind::conflict, "your lease ran out and somebody else has taken the task over",
                "Send what you have: it is kept.");
}

}  // namespace

Result<std::optional<Claim>> claim_next(Records& records, const Actor& actor, ProjectId id,
                                        std::span<const TaskKind> kinds, const Clock& clock) {
  const auto handed = take_next(records, actor, id, kinds, {}, clock);
  if (!handed) return tl::unexpected(handed.error());
  if (!*handed) return std::optional<Claim>{};
  return std::optional<Claim>{show_handed(records, id, kinds, **handed)};
}

Outlook look_for_task(Records& records, const Actor& actor, ProjectId id, std::span<const TaskKind> kinds) {
  const auto member = require(records, actor, id, Right::judge);
  if (!member || records.own_slot(id, actor.person, kinds)) return {};
  const auto project = records.project(id);
  if (!project) return {};
  const auto lanes = suitable_lanes(records, *project, *member, kinds);
  return {.place = records.first_open_task(actor.person, lanes.ids),
          .available = available_tasks(records, *member, lanes, available_max + 1)};
}

Result<std::optional<Handed>> take_next(Records& records, const Actor& actor, ProjectId id,
                                        std::span<const TaskKind> kinds, const Outlook& outlook,
                                        const Clock& clock) {
  if (!outlook.available) records.expect_claim(id, actor.person, kinds);
  auto member = require_locked(records, actor, id, Right::judge);
  if (!member) return tl::unexpected(member.error());
  if (member->paused) {
    return refuse(ErrorKind::forbidden, "your work here is paused: " + member->pause_reason,
                  "Talk to a lead of the project.");
  }
  const Timestamp now = clock.now();
  std::optional<Handed> handed;
  if (auto slot = resumed(records, id, actor.person, kinds, now)) {
    handed = Handed{.slot = *std::move(slot), .resumed = true};
  } else {
    handed = fresh_task(records, *records.project(id), *member, kinds, outlook, now);
  }
  if (handed) handed->done = member->judgments;
  return handed;
}

Claim show_task(Records& records, const Task& task, PersonId person) {
  return {.task = task.id,
          .kind = task.kind,
          .prompt = records.prompt_of(task.id).value_or(Prompt{}),
          .responses = shuffled_responses(records, task, person),
          .rubric = records.rubric(task.project, task.rubric_version).value_or(RubricVersion{}),
          .guideline_version = task.guideline_version,
          .deadline = task.deadline,
          .earlier = earlier_work(records, task)};
}

Claim show_handed(Records& records, ProjectId id, std::span<const TaskKind> kinds, const Handed& handed) {
  records.expect_shown(handed.slot.task);
  Claim claim = show_task(records, *records.task(handed.slot.task), handed.slot.person);
  claim.lease_token = handed.slot.lease_token;
  claim.lease_expires_at = handed.slot.lease_expires_at;
  claim.done = handed.done;
  if (handed.resumed) {
    if (auto draft = records.draft(claim.task, handed.slot.person)) claim.draft = std::move(draft->payload);
  }
  if (handed.available) {
    claim.available = *handed.available;
    return claim;
  }
  const auto project = records.project(id);
  const auto member = records.membership(id, handed.slot.person);
  if (!project || !member) return claim;
  claim.available =
      available_tasks(records, *member, suitable_lanes(records, *project, *member, kinds), available_max);
  return claim;
}

Result<Timestamp> renew_lease(Records& records, const Actor& actor, TaskId id, std::string_view token,
                              const Clock& clock) {
  const auto held = held_by(records, actor, id, token);
  if (!held) return tl::unexpected(held.error());
  auto slot = records.lock_slot(held->assignment.slot);
  if (!slot || slot->person != actor.person) return taken_over();
  slot->state = SlotState::leased;
  slot->lease_expires_at = clock.now() + lease_duration;
  records.update_slot(*slot);
  return slot->lease_expires_at;
}

Result<void> skip(Records& records, const Actor& actor, TaskId id, std::string_view token,
                  std::string_view reason, const Clock& clock) {
  auto checked = check_text(reason, reason_bytes_max, Blank::allowed, "/reason");
  if (!checked) return checked;
  auto held = held_by(records, actor, id, token);
  if (!held) return tl::unexpected(held.error());
  auto slot = records.lock_slot(held->assignment.slot);
  if (slot && slot->person == actor.person) {
    slot->state = SlotState::open;
    slot->person = {};
    slot->lease_token.clear();
    slot->lease_expires_at = {};
    if (held->task.gold) slot->state = SlotState::done;  // nobody else needs a gold's slot
    records.update_slot(*slot);
  }
  held->assignment.state = AssignmentState::skipped;
  records.put_assignment(held->assignment);
  records.remove_draft(id, actor.person);
  records.add_skip(id, actor.person, reason, clock.now());
  return {};
}

Result<void> save_draft(Records& records, const Actor& actor, TaskId id, std::string_view payload,
                        const Clock& clock) {
  if (auto checked = check_draft(payload); !checked) return checked;
  const auto held = held_by(records, actor, id, std::nullopt);
  if (!held) return tl::unexpected(held.error());
  records.put_draft({id, actor.person, std::string(payload), clock.now()});
  return {};
}

}  // namespace preceptor::feedback
