#include "feedback/progress.hpp"

#include <algorithm>

#include "feedback/dispatch.hpp"
#include "feedback/payload.hpp"
#include "feedback/work.hpp"
#include "quality/agreement.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::int64_t page_size = 1000;
// Agreement is that of the newest work: it moves with the people, and a page that asks does not wait for
// millions.
constexpr std::int64_t judgments_looked_at = 2000;
constexpr std::int64_t day_microseconds = 24LL * 3600 * 1'000'000;

Timestamp today_begins(Timestamp now) { return {now.microseconds - now.microseconds % day_microseconds}; }

// The answer as a category of its own, for a pair: each response, a tie, both bad.
std::optional<double> category(Records& records, const Judgment& judgment) {
  const auto task = records.task(judgment.task);
  if (!task) return std::nullopt;
  if (task->responses.size() != 2) return std::nullopt;
  const auto payload = parse_compare(judgment.payload, task->responses);
  if (!payload) return std::nullopt;
  if (payload->outcome == Outcome::tie) return 2;
  if (payload->outcome == Outcome::both_bad) return 3;
  return payload->better == task->responses.front() ? 0 : 1;
}

void add_agreement(Records& records, ProjectId project, ProjectQuality& quality) {
  std::vector<quality::Rating> ratings;
  std::map<std::int64_t, std::int64_t> per_task;
  JudgmentFilter filter{.project = project,
                        .kind = TaskKind::compare,
                        .gold = false,
                        .counted = true,
                        .current_only = true,
                        .page = {.limit = page_size}};
  filter.page.after = std::max<std::int64_t>(0, records.newest_judgment(project).value - judgments_looked_at);
  for (;;) {
    const auto listing = records.judgments(filter);
    for (const Judgment& judgment : listing.items) {
      const auto value = category(records, judgment);
      if (!value) continue;
      ratings.push_back({judgment.task.value, judgment.person.value, *value});
      per_task[judgment.task.value] += 1;
    }
    if (!listing.next) break;
    filter.page.after = *listing.next;
  }
  for (const auto& [task, count] : per_task) quality.items += count > 1 ? 1 : 0;
  quality.krippendorff_alpha = quality::krippendorff_alpha(ratings, quality::Scale::nominal);
}

}  // namespace

Result<MyProgress> my_progress(Records& records, const Actor& actor, ProjectId project, const Clock& clock) {
  const auto member = require(records, actor, project, Right::see_project);
  if (!member) return tl::unexpected(member.error());
  const auto progress = records.progress(project, actor.person, today_begins(clock.now()));
  const auto settings = records.project(project);
  const auto lanes = settings ? suitable_lanes(records, *settings, *member, {}) : SuitableLanes{};
  return MyProgress{.done = progress.done,
                    .done_today = progress.done_today,
                    .available = records.available(actor.person, lanes.ids, available_max),
                    .drafts = progress.drafts,
                    .golds = member->golds,
                    .golds_right = member->golds_right,
                    .paused = member->paused,
                    .pause_reason = member->pause_reason};
}

Result<Listing<Judgment>> my_judgments(Records& records, const Actor& actor, ProjectId project, Page page) {
  const auto permitted = require(records, actor, project, Right::see_project);
  if (!permitted) return tl::unexpected(permitted.error());
  return records.judgments({.project = project, .person = actor.person, .page = page});
}

Result<Listing<Judgment>> list_judgments(Records& records, const Actor& actor, const JudgmentFilter& filter) {
  const auto permitted = require(records, actor, filter.project, Right::see_all_judgments);
  if (!permitted) return tl::unexpected(permitted.error());
  return records.judgments(filter);
}

Result<ProjectQuality> project_quality(Records& records, const Actor& actor, ProjectId project) {
  const auto permitted = require(records, actor, project, Right::see_quality);
  if (!permitted) return tl::unexpected(permitted.error());
  ProjectQuality quality;
  for (const Membership& member : records.members(project)) {
    quality.people.push_back({records.person(member.person).value_or(Person{}), member});
  }
  add_agreement(records, project, quality);
  return quality;
}

}  // namespace preceptor::feedback
