#pragma once
// From what the rules answer to what travels, and back.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "feedback/accounts.hpp"
#include "feedback/content.hpp"
#include "feedback/own_work.hpp"
#include "feedback/progress.hpp"
#include "feedback/projects.hpp"
#include "feedback/submit.hpp"
#include "feedback/work.hpp"
#include "loop/evaluation.hpp"
#include "loop/jobs.hpp"
#include "loop/lineage.hpp"
#include "loop/models.hpp"
#include "loop/rounds.hpp"
#include "server/api/judging.hpp"
#include "server/api/models.hpp"
#include "server/api/session.hpp"
#include "server/routes/route.hpp"

namespace preceptor::server {

// Words were checked against their choices when the request was read; one that is unknown here is a bug.
template <class Enum>
Enum word(std::string_view name) {
  if (auto known = feedback::from_name<Enum>(name)) return *known;
  throw Failure(ErrorKind::internal,
                "The word '" + std::string(name) + "' passed the table but is not known");
}

template <class Tag>
std::optional<Id<Tag>> unless_none(Id<Tag> id) {
  return id ? std::optional(id) : std::nullopt;
}
template <class Tag>
Id<Tag> or_none(std::optional<Id<Tag>> id) {
  return id.value_or(Id<Tag>{});
}
std::optional<std::string> unless_empty(std::string text);
std::optional<Timestamp> unless_zero(Timestamp moment);

// A cursor says which list it belongs to and the last row seen there; for others than this server it means
// nothing. One that was not written for this route is refused.
std::string cursor_of(const Route&, std::int64_t last_seen);
Result<feedback::Page> page(const Route&, std::int64_t limit, const std::optional<std::string>& cursor);
// Of a query with limit and cursor.
template <class Query>
Result<feedback::Page> page(const Call& call, const Query& query) {
  return page(*call.route, query.limit, query.cursor);
}

api::Person to_api(const feedback::Person&);
api::Project to_api(const feedback::ProjectView&);
api::ProjectSettings settings_to_api(const feedback::Project&);
api::WorkPolicy policy_to_api(const feedback::Project&);
feedback::GoldWatchSettings from_api(const api::GoldWatch&);
api::Dimension to_api(const feedback::RubricDimension&);
std::vector<feedback::RubricDimension> from_api(const std::vector<api::Dimension>&);
api::RubricVersion to_api(const feedback::RubricVersion&);
api::GuidelineVersion to_api(const feedback::GuidelineVersion&);
api::Member to_api(const feedback::MemberView&);
std::string tag_of(const feedback::Membership&);  // see if_match.hpp
std::vector<feedback::Message> from_api(const std::vector<api::Message>&);
api::Prompt to_api(const feedback::Prompt&);
api::Response to_api(const feedback::Response&);
api::Task to_api(const feedback::Task&);
api::Overlap to_api(const feedback::Overlap&);
api::Criterion to_api(const feedback::RubricCriterion&);
std::vector<feedback::RubricCriterion> from_api(const std::vector<api::Criterion>&);
api::Exchange to_api(const feedback::Exchange&);
api::HandedTask task_to_api(const feedback::Claim&);
api::NextTask to_api(const feedback::Claim&);
api::Standing to_api(const feedback::StandingView&);
api::Judgment to_api(const feedback::Judgment&);
api::Job to_api(const loop::Job&);
api::RoundSummary to_api(const loop::Round&);
api::Round to_api(const loop::RoundView&);
api::Snapshot to_api(const loop::Snapshot&);
api::Run to_api(const loop::Run&);
api::Model to_api(const loop::Model&, feedback::ModelId current);

template <class In>
auto all_to_api(const std::vector<In>& items) {
  std::vector<decltype(to_api(items.front()))> out;
  out.reserve(items.size());
  for (const auto& item : items) out.push_back(to_api(item));
  return out;
}

template <class In>
auto paged_list(const Call& call, const feedback::Listing<In>& listing) {
  auto all = all_to_api(listing.items);
  wire::List<typename decltype(all)::value_type> list{std::move(all), std::nullopt};
  if (listing.next) list.next_cursor = cursor_of(*call.route, *listing.next);
  return list;
}

}  // namespace preceptor::server
