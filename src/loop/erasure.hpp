// Forgetting a person: what they wrote goes, the log still verifies, what was made from their work says so.
#pragma once

#include <set>

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/personal_data.hpp"
#include "loop/storage.hpp"

namespace preceptor::loop {

struct Erasure {
  feedback::ErasedRows rows;
  std::int64_t payloads = 0;   // of events
  std::int64_t snapshots = 0;  // that hold judgments of the person: they get a tombstone
  std::int64_t models = 0;     // that learned from those, or descend from one that did
};

// In several transactions, so that nobody else waits long; started again after an interruption it goes on.
// `actor` none: from the command line. Whoever calls it has asked who may (an administrator, or the person).
// Refuses as feedback::check_erasable does.
Result<Erasure> erase_person(Storage&, feedback::PersonId actor, feedback::PersonId person, feedback::Again,
                             const Clock&);

// The models of a project whose weights rest on work of people who were erased since.
std::set<ModelId> models_with_erased_work(Records&, feedback::ProjectId);

}  // namespace preceptor::loop
