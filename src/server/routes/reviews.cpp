// What became of one's own judgments: reviews, corrections, appeals.
#include "feedback/review.hpp"
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

namespace preceptor::server {

namespace {

using feedback::ProjectId;
using feedback::Right;
using wire::List;
using wire::Nothing;

Result<List<api::Standing>> my_standings(Call& call, loop::Records& records,
                                         const api::StandingQuery& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  std::optional<feedback::StandingState> state;
  if (query.state) state = word<feedback::StandingState>(*query.state);
  auto found = feedback::my_standings(records, call.actor(), call.id<ProjectId>(0), state, *asked);
  if (!found) return tl::unexpected(found.error());
  return paged_list(call, *found);
}

Result<api::OwnTask> own_task(Call& call, loop::Records& records, const Nothing&) {
  auto own = feedback::show_own(records, call.actor(), call.id<feedback::TaskId>(0));
  if (!own) return tl::unexpected(own.error());
  api::OwnTask out;
  out.task = task_to_api(own->shown);
  out.judgment = to_api(own->judgment);
  if (own->standing) out.standing = to_api(*own->standing);
  return out;
}

Result<Nothing> appeal(Call& call, loop::Records& records, const api::Objection& input) {
  const auto own = feedback::show_own(records, call.actor(), call.id<feedback::TaskId>(0));
  if (!own) return tl::unexpected(own.error());
  return feedback::appeal(records, call.actor(), own->judgment.id, input.reason, call.clock()).map([] {
    return Nothing{};
  });
}

}  // namespace

std::vector<Route> review_routes() {
  const auto topic = "reviews";
  return {
      read({.method = "GET",
            .path = "/projects/{project}/my/standings",
            .operation = "myStandings",
            .summary = "What reviews said about one's own judgments",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           my_standings),
      read({.method = "GET",
            .path = "/tasks/{task}/own",
            .operation = "ownTask",
            .summary = "A task that one has judged, with one's judgment of it",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           own_task),
      write({.method = "POST",
             .path = "/tasks/{task}/appeal",
             .operation = "appeal",
             .summary = "Objects to the rejection of one's own judgment of the task, once",
             .topic = topic,
             .access = Access::member(Right::judge),
             .errors = {ErrorKind::conflict}},
            appeal),
  };
}

}  // namespace preceptor::server
