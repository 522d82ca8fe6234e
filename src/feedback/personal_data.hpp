// The rights of people over what is held about them: to take it with them, to know who looked, to be
// forgotten.
#pragma once

#include <span>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

// Everything that is held about the person, as one JSON object: account, memberships, sessions, tokens (no
// secrets), judgments and what reviews said of them, drafts, skips, evidence, skills, what a model answered
// them, and the events that they caused or that are about them.
// Refuses an API token.
Result<std::string> export_own_data(Records&, const Actor&, const Clock&);
// For the command line of the machine's owner. Refuses with not_found.
Result<std::string> export_data_of(Records&, PersonId, const Clock&);

// An event: who looked at what of whom. Reading about oneself is none.
void record_read_of_people(Records&, PersonId reader, std::string_view what, ProjectId project,
                           std::span<const PersonId> people, Timestamp);

struct ReadOfPeople {
  EventId event;
  PersonId reader;
  std::string what;  // the operation of the API, or the command
  ProjectId project;
  std::vector<PersonId> people;  // empty once the reader was erased
  Timestamp at;
};
// The newest first; administrators only.
Result<Listing<ReadOfPeople>> list_reads_of_people(Records&, const Actor&, Page);

// What stands in place of an erased person's login and name.
std::string erased_login(PersonId);
std::string erased_name(PersonId);

// Whether this person may be erased now: refuses with not_found, with conflict who was erased before (unless
// `again`), who is the only administrator, or the only owner of a project.
enum class Again { refused, allowed };
Result<Person> check_erasable(Records&, PersonId, Again);

// Replaces and removes the rows, and records the event. The payloads of earlier events are left: see
// loop/erasure.hpp, which calls this.
ErasedRows erase_rows(Records&, PersonId actor, PersonId person, std::int64_t snapshots, Timestamp);

}  // namespace preceptor::feedback
