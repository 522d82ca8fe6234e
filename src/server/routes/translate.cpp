#include "server/routes/translate.hpp"

#include "server/if_match.hpp"
#include "server/routes/project_tags.hpp"

#include <algorithm>
#include <charconv>

#include "base/format.hpp"
#include "base/hash.hpp"

namespace preceptor::server {

std::optional<std::string> unless_empty(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::optional<Timestamp> unless_zero(Timestamp moment) {
  return moment.microseconds == 0 ? std::nullopt : std::optional(moment);
}

std::string cursor_of(const Route& route, std::int64_t last_seen) {
  const std::string row = fmt::format("{:016x}", last_seen);
  return row + fmt::format("{:016x}", xxh3(fmt::format("{} {}", route.operation, row)));
}

Result<feedback::Page> page(const Route& route, std::int64_t limit,
                            const std::optional<std::string>& cursor) {
  feedback::Page page{limit, 0};
  if (!cursor) return page;
  const char* end = cursor->data() + std::min<std::size_t>(16, cursor->size());
  const auto [stop, error] = std::from_chars(cursor->data(), end, page.after, 16);
  if (error != std::errc{} || stop != end || page.after <= 0 || *cursor != cursor_of(route, page.after))
    return refuse(ErrorKind::invalid, "This cursor was not written for this list",
                  "Pass on next_cursor of the page before, or leave it out", "/cursor");
  return page;
}

api::Person to_api(const feedback::Person& person) {
  return {person.id,        person.login,         person.name,
          person.simulated, person.administrator, person.erased_at.microseconds != 0};
}

api::Overlap to_api(const feedback::Overlap& overlap) {
  api::Overlap out;
  for (feedback::TaskKind kind : feedback::all_kinds()) {
    if (feedback::kind_of(kind).made_by == feedback::MadeBy::leads)
      out[std::string(name_of(kind))] = overlap.of(kind);
  }
  return out;
}

api::Criterion to_api(const feedback::RubricCriterion& criterion) {
  return {criterion.key, criterion.label, criterion.weight};
}

std::vector<feedback::RubricCriterion> from_api(const std::vector<api::Criterion>& criteria) {
  std::vector<feedback::RubricCriterion> out;
  for (const auto& criterion : criteria) out.push_back({criterion.key, criterion.label, criterion.weight});
  return out;
}

namespace {

api::GoldWatch to_api(const feedback::GoldWatchSettings& watch) {
  return {watch.good, watch.bad, watch.threshold, watch.rate};
}

}  // namespace

feedback::GoldWatchSettings from_api(const api::GoldWatch& watch) {
  return {.good = watch.good, .bad = watch.bad, .threshold = watch.threshold, .rate = watch.rate};
}

api::ProjectSettings settings_to_api(const feedback::Project& project) {
  return {project.name, project.languages, project.domains, to_api(project.gold_watch)};
}

api::WorkPolicy policy_to_api(const feedback::Project& project) {
  api::WorkPolicy out{
      to_api(project.overlap), {}, project.policy.adjudicate_below, project.policy.hazard_consent};
  for (const auto& [kind, review] : project.policy.review)
    out.review[std::string(name_of(kind))] = {review.newcomer, review.share};
  return out;
}

api::Project to_api(const feedback::ProjectView& view) {
  const auto& project = view.project;
  api::Project out;
  out.id = project.id;
  out.name = project.name;
  out.languages = project.languages;
  out.domains = project.domains;
  out.role = std::string(name_of(view.role));
  out.current_model_id = unless_none(project.current_model);
  out.guideline_version = project.guideline_version;
  out.rubric_version = project.rubric_version;
  out.overlap = to_api(project.overlap);
  out.gold_watch = to_api(project.gold_watch);
  out.policy = policy_to_api(project);
  out.settings_tag = settings_tag(project);
  out.policy_tag = policy_tag(project);
  out.counts = {view.counts.prompts, view.counts.responses, view.counts.tasks_open, view.counts.tasks_done,
                view.counts.golds,   view.counts.judgments, view.counts.members};
  out.created_at = project.created_at;
  return out;
}

api::Dimension to_api(const feedback::RubricDimension& dimension) {
  return {dimension.key,       dimension.label,   dimension.scale_min,
          dimension.scale_max, dimension.anchors, dimension.reason_required_below};
}

std::vector<feedback::RubricDimension> from_api(const std::vector<api::Dimension>& dimensions) {
  std::vector<feedback::RubricDimension> out;
  for (const auto& dimension : dimensions)
    out.push_back({dimension.key, dimension.label, dimension.scale_min, dimension.scale_max,
                   dimension.anchors, dimension.reason_required_below});
  return out;
}

api::RubricVersion to_api(const feedback::RubricVersion& rubric) {
  return {rubric.version, all_to_api(rubric.dimensions), all_to_api(rubric.criteria), rubric.created_at};
}

api::GuidelineVersion to_api(const feedback::GuidelineVersion& guideline) {
  return {guideline.version, guideline.markdown, guideline.created_at};
}

api::Member to_api(const feedback::MemberView& view) {
  return {view.person.id,
          view.person.login,
          view.person.name,
          view.person.simulated,
          std::string(name_of(view.membership.role)),
          view.membership.paused,
          unless_empty(view.membership.pause_reason),
          tag_of(view.membership)};
}

std::string tag_of(const feedback::Membership& member) {
  return tag_of("member",
                std::string(name_of(member.role)) + (member.paused ? " paused " : " ") + member.pause_reason);
}

std::vector<feedback::Message> from_api(const std::vector<api::Message>& messages) {
  std::vector<feedback::Message> out;
  out.reserve(messages.size());
  for (const auto& message : messages) out.push_back({message.role, message.content});
  return out;
}

static std::vector<api::Message> messages_to_api(const std::vector<feedback::Message>& messages) {
  std::vector<api::Message> out;
  out.reserve(messages.size());
  for (const auto& message : messages) out.push_back({message.role, message.content});
  return out;
}

api::Prompt to_api(const feedback::Prompt& prompt) {
  api::Prompt out;
  out.id = prompt.id;
  out.messages = messages_to_api(prompt.messages);
  out.intent = prompt.intent;
  out.domain = prompt.domain;
  out.language = prompt.language;
  out.hazard = prompt.hazard;
  out.difficulty = prompt.difficulty;
  out.split = name_of(prompt.split);
  out.source = prompt.source;
  out.key = prompt.key;
  out.created_at = prompt.created_at;
  return out;
}

api::Response to_api(const feedback::Response& response) {
  return {response.id,
          response.prompt,
          response.text,
          unless_none(response.model),
          unless_none(response.round),
          {response.settings},
          response.created_at};
}

api::Task to_api(const feedback::Task& task) {
  api::Task out;
  out.id = task.id;
  out.kind = name_of(task.kind);
  out.state = name_of(task.state);
  out.purpose = name_of(task.purpose);
  out.prompt_id = task.prompt;
  out.response_ids = task.responses;
  out.overlap = task.overlap;
  out.counted = task.counted;
  out.priority = task.priority;
  if (task.gold) out.gold = api::Gold{task.gold->better, task.gold->explanation};
  out.round_id = unless_none(task.round);
  out.deadline = unless_zero(task.deadline);
  out.about_task_id = unless_none(task.about);
  out.about_judgment_id = unless_none(task.subject);
  out.created_at = task.created_at;
  return out;
}

api::Exchange to_api(const feedback::Exchange& exchange) {
  api::Exchange out;
  out.id = exchange.id;
  for (const auto& message : exchange.messages) out.messages.push_back({message.role, message.content});
  out.reply = exchange.reply;
  out.finish = exchange.finish;
  return out;
}

api::EarlierWork to_api(const feedback::EarlierWork& earlier) {
  api::EarlierWork out;
  out.kind = name_of(earlier.kind);
  out.judgment_id = unless_none(earlier.judgment);
  if (!earlier.payload.empty()) out.payload = wire::Json{earlier.payload};
  for (const auto& payload : earlier.others) out.others.push_back({payload});
  out.exchanges = all_to_api(earlier.exchanges);
  out.clause = earlier.clause;
  out.comment = earlier.comment;
  out.objection = earlier.objection;
  return out;
}

api::HandedTask task_to_api(const feedback::Claim& claim) {
  api::HandedTask out;
  out.id = claim.task;
  out.kind = name_of(claim.kind);
  const auto& prompt = claim.prompt;
  out.prompt = {prompt.id,        messages_to_api(prompt.messages),
                prompt.intent,    prompt.domain,
                prompt.language,  prompt.hazard,
                prompt.difficulty};
  for (const auto& response : claim.responses) out.responses.push_back({response.id, response.text});
  out.rubric = {claim.rubric.version, all_to_api(claim.rubric.dimensions), all_to_api(claim.rubric.criteria)};
  out.guideline_version = claim.guideline_version;
  out.deadline = unless_zero(claim.deadline);
  if (claim.earlier) out.earlier = to_api(*claim.earlier);
  return out;
}

api::NextTask to_api(const feedback::Claim& claim) {
  api::NextTask out;
  out.task = task_to_api(claim);
  out.lease = {claim.lease_token, claim.lease_expires_at};
  if (claim.draft) out.draft = wire::Json{*claim.draft};
  out.counts = {claim.done, claim.available};
  return out;
}

api::Standing to_api(const feedback::StandingView& view) {
  api::Standing out;
  out.judgment_id = view.standing.judgment;
  out.task_id = view.judged;
  out.kind = name_of(view.kind);
  out.state = name_of(view.standing.state);
  out.counts = view.standing.counts;
  out.clause = view.clause;
  out.comment = view.comment;
  out.objection = view.standing.note;
  out.decision = view.decision;
  out.at = view.standing.at;
  return out;
}

api::Judgment to_api(const feedback::Judgment& judgment) {
  api::Judgment out;
  out.id = judgment.id;
  out.task_id = judgment.task;
  out.kind = name_of(judgment.kind);
  out.person_id = judgment.person;
  out.payload = {judgment.payload};
  out.seconds_active = judgment.seconds_active;
  out.counted = judgment.counted;
  out.gold_right = judgment.gold_right;
  out.supersedes = unless_none(judgment.supersedes);
  out.guideline_version = judgment.guideline_version;
  out.rubric_version = judgment.rubric_version;
  out.created_at = judgment.created_at;
  return out;
}

}  // namespace preceptor::server
