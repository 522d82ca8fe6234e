// The rights of people over their own data, and what administrators do for them.
#include "feedback/personal_data.hpp"
#include "loop/erasure.hpp"
#include "server/api/personal_data.hpp"
#include "server/routes/sign_in.hpp"
#include "server/routes/table.hpp"

namespace preceptor::server {

namespace {

using feedback::PersonId;
using feedback::ProjectId;
using wire::List;
using wire::Nothing;

Result<api::PersonalData> export_own_data(Call& call, loop::Records& records, const Nothing&) {
  auto data = feedback::export_own_data(records, call.actor(), call.clock());
  if (!data) return tl::unexpected(data.error());
  call.response_headers.emplace_back("Content-Disposition", "attachment; filename=\"preceptor-data.json\"");
  return api::PersonalData{{*std::move(data)}};
}

tl::unexpected<Error> other_login() {
  return refuse(ErrorKind::conflict, "This is not the login of that person", "Type the login again",
                "/login");
}

Result<api::Erasure> erase(Call& call, PersonId person) {
  const auto erased = loop::erase_person(call.context.parts.storage, call.actor().person, person,
                                         feedback::Again::refused, call.clock());
  if (!erased) return tl::unexpected(erased.error());
  call.context.authentication.forget_person(person);
  return api::Erasure{erased->rows.judgments, erased->rows.drafts, erased->payloads, erased->snapshots,
                      erased->models};
}

Result<api::Erasure> erase_oneself(Call& call, const api::EraseOneself& input) {
  if (input.login != call.caller.person.login) return other_login();
  if (auto own = check_own_password(call, input.password); !own) return tl::unexpected(own.error());
  auto erased = erase(call, call.actor().person);
  if (erased) end_cookie(call);
  return erased;
}

Result<api::Erasure> erase_person(Call& call, const api::ErasePerson& input) {
  const auto id = call.id<PersonId>(0);
  const auto person =
      loop::read(call.context.parts.storage, [&](loop::Records& records) { return records.person(id); });
  if (!person) return refuse(ErrorKind::not_found, "There is no such person", "Reload the list");
  if (person->login != input.login) return other_login();
  return erase(call, id);
}

Result<List<api::ReadOfPeople>> list_reads(Call& call, loop::Records& records, const api::Page& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  const auto found = feedback::list_reads_of_people(records, call.actor(), *asked);
  if (!found) return tl::unexpected(found.error());
  List<api::ReadOfPeople> list;
  for (const auto& read : found->items) {
    const auto reader = records.person(read.reader);
    list.items.push_back({read.event.value, unless_none(read.reader), reader ? reader->name : "", read.what,
                          unless_none(read.project), read.people, read.at});
  }
  if (found->next) list.next_cursor = cursor_of(*call.route, *found->next);
  return list;
}

Result<api::ErasureMarks> erasure_marks(Call& call, loop::Records& records, const Nothing&) {
  const auto project = call.id<ProjectId>(0);
  const auto may = feedback::require(records, call.actor(), project, feedback::Right::see_results);
  if (!may) return tl::unexpected(may.error());
  api::ErasureMarks marks;
  for (const auto& tombstone : records.tombstones(project))
    marks.snapshots.push_back({tombstone.snapshot, tombstone.people, tombstone.judgments});
  for (const auto model : loop::models_with_erased_work(records, project)) marks.model_ids.push_back(model);
  return marks;
}

}  // namespace

std::vector<Route> personal_data_routes() {
  const auto topic = "personal data";
  return {
      read({.method = "GET",
            .path = "/account/data",
            .operation = "exportOwnData",
            .summary = "Everything that is held about oneself",
            .topic = topic,
            .access = Access::session()},
           export_own_data),
      unbound({.method = "POST",
               .path = "/account/erase",
               .operation = "eraseOneself",
               .summary = "Forgets the person who asks, for good",
               .topic = topic,
               .access = Access::session(),
               .errors = {ErrorKind::conflict, ErrorKind::rate_limited}},
              erase_oneself),
      unbound({.method = "POST",
               .path = "/people/{person}/erase",
               .operation = "erasePerson",
               .summary = "Forgets a person for good: what they wrote goes, the log still verifies",
               .topic = topic,
               .access = Access::administrator_session(),
               .errors = {ErrorKind::conflict, ErrorKind::not_found}},
              erase_person),
      read({.method = "GET",
            .path = "/reads-of-people",
            .operation = "listReadsOfPeople",
            .summary = "Who looked at whose data, the newest first",
            .topic = topic,
            .access = Access::administrator()},
           list_reads),
      read({.method = "GET",
            .path = "/projects/{project}/erasures",
            .operation = "showErasureMarks",
            .summary = "Snapshots and models that rest on work of people who were erased",
            .topic = topic,
            .access = Access::member(feedback::Right::see_results)},
           erasure_marks),
  };
}

}  // namespace preceptor::server
