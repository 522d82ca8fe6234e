// Getting a task, keeping it, sending the judgment in.
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

namespace preceptor::server {

namespace {

loop::Subjects person_of(const Call& call) { return {"person " + std::to_string(call.actor().person.value)}; }

loop::Subjects person_and_task(const Call& call) {
  auto subjects = person_of(call);
  subjects.push_back("task " + std::to_string(call.ids.at(0)));
  return subjects;
}

Route gathered(Route route, loop::Subjects (*subjects)(const Call&)) {
  route.subjects = subjects;
  return route;
}

using feedback::ProjectId;
using feedback::Right;
using feedback::TaskId;
using wire::Nothing;

std::vector<feedback::TaskKind> kinds_of(const api::NextRequest& input) {
  std::vector<feedback::TaskKind> kinds;
  for (const auto& kind : input.kinds) kinds.push_back(word<feedback::TaskKind>(kind));
  return kinds;
}

using Handed = std::optional<feedback::Handed>;

Result<feedback::Outlook> look_for_task(Call& call, loop::Records& records, const api::NextRequest& input) {
  return feedback::look_for_task(records, call.actor(), call.id<ProjectId>(0), kinds_of(input));
}

Result<Handed> take_next(Call& call, loop::Records& records, const api::NextRequest& input,
                         const feedback::Outlook& outlook) {
  return feedback::take_next(records, call.actor(), call.id<ProjectId>(0), kinds_of(input), outlook,
                             call.clock());
}

Result<std::optional<api::NextTask>> show_handed(Call& call, loop::Records& records,
                                                 const api::NextRequest& input, const Handed& handed) {
  if (!handed) return std::optional<api::NextTask>();
  return std::optional(
      to_api(feedback::show_handed(records, call.id<ProjectId>(0), kinds_of(input), *handed)));
}

Result<api::LeaseRenewed> renew_lease(Call& call, loop::Records& records, const api::LeaseRequest& input) {
  return feedback::renew_lease(records, call.actor(), call.id<TaskId>(0), input.lease_token, call.clock())
      .map([](Timestamp expires_at) { return api::LeaseRenewed{expires_at}; });
}

Result<Nothing> skip_task(Call& call, loop::Records& records, const api::Skip& input) {
  return feedback::skip(records, call.actor(), call.id<TaskId>(0), input.lease_token, input.reason,
                        call.clock())
      .map([] { return Nothing{}; });
}

Result<Nothing> save_draft(Call& call, loop::Records& records, const api::Draft& input) {
  return feedback::save_draft(records, call.actor(), call.id<TaskId>(0), input.payload.text, call.clock())
      .map([] { return Nothing{}; });
}

Result<api::Receipt> submit_judgment(Call& call, loop::Records& records, const api::Submission& input) {
  feedback::Submission submission;
  submission.task = call.id<TaskId>(0);
  submission.lease_token = input.lease_token;
  submission.payload = input.payload.text;
  submission.seconds_active = input.seconds_active;
  submission.idempotency_key = call.request.header("idempotency-key");
  submission.supersedes = or_none(input.supersedes);
  auto receipt = feedback::submit(records, call.actor(), submission, call.clock());
  if (!receipt) return tl::unexpected(receipt.error());
  api::Receipt out;
  out.judgment_id = receipt->judgment;
  out.counted = receipt->counted;
  if (receipt->gold) out.gold = api::GoldResult{receipt->gold->right, receipt->gold->explanation};
  out.paused = receipt->paused;
  out.repeated = receipt->repeated;
  return out;
}

}  // namespace

std::vector<Route> task_routes() {
  const auto topic = "judging";
  const auto judge = Access::member(Right::judge);
  return {
      gathered(in_steps({.method = "POST",
                         .path = "/projects/{project}/tasks/next",
                         .operation = "nextTask",
                         .summary = "One's next task, or the one not finished yet; 204 when there is none",
                         .topic = topic,
                         .access = judge},
                        look_for_task, take_next, show_handed),
               person_of),
      write({.method = "POST",
             .path = "/tasks/{task}/lease",
             .operation = "renewLease",
             .summary = "Keeps the task for longer",
             .topic = topic,
             .access = judge,
             .errors = {ErrorKind::conflict}},
            renew_lease),
      write({.method = "POST",
             .path = "/tasks/{task}/skip",
             .operation = "skipTask",
             .summary = "Gives the task back for others",
             .topic = topic,
             .access = judge,
             .errors = {ErrorKind::conflict}},
            skip_task),
      write({.method = "PUT",
             .path = "/tasks/{task}/draft",
             .operation = "saveDraft",
             .summary = "Saves what is typed so far",
             .topic = topic,
             .access = judge,
             .errors = {ErrorKind::conflict}},
            save_draft),
      gathered(write({.method = "POST",
                      .path = "/tasks/{task}/judgments",
                      .operation = "submitJudgment",
                      .summary = "Sends the judgment in; late work is kept. Honours Idempotency-Key",
                      .topic = topic,
                      .access = judge,
                      .errors = {ErrorKind::conflict},
                      .status = 201},
                     submit_judgment),
               person_and_task),
  };
}

}  // namespace preceptor::server
