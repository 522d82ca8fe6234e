#include "loop/erasure.hpp"

namespace preceptor::loop {
namespace {

constexpr std::int64_t events_at_once = 50'000;

std::int64_t count_marked(Storage& storage, feedback::PersonId person) {
  return read(storage, [&](Records& records) {
    std::int64_t count = 0;
    for (const feedback::Membership& membership : records.memberships_of(person))
      count += static_cast<std::int64_t>(models_with_erased_work(records, membership.project).size());
    return count;
  });
}

}  // namespace

Result<Erasure> erase_person(Storage& storage, feedback::PersonId actor, feedback::PersonId person,
                             feedback::Again again, const Clock& clock) {
  Erasure erasure;
  auto begun = write(storage, [&](Records& records) -> Result<feedback::EventId> {
    erasure = {};
    const auto found = feedback::check_erasable(records, person, again);
    if (!found) return tl::unexpected(found.error());
    const feedback::EventId last = records.last_event();
    erasure.snapshots = records.add_tombstones(person, clock.now());
    if (found->erased_at.microseconds == 0)
      erasure.rows = feedback::erase_rows(records, actor, person, erasure.snapshots, clock.now());
    return last;
  });
  if (!begun) return tl::unexpected(begun.error());
  for (std::int64_t first = 1; first <= begun->value; first += events_at_once) {
    erasure.payloads += write(storage, [&](Records& records) {
      return records.erase_payloads_of(person, {first}, events_at_once);
    });
  }
  erasure.models = count_marked(storage, person);
  return erasure;
}

std::set<ModelId> models_with_erased_work(Records& records, feedback::ProjectId project) {
  std::set<SnapshotId> tombstones;
  for (const Tombstone& tombstone : records.tombstones(project)) tombstones.insert(tombstone.snapshot);
  std::set<ModelId> marked;
  if (tombstones.empty()) return marked;
  for (const Run& run : records.runs(project, {})) {
    if (run.model && tombstones.contains(run.snapshot)) marked.insert(run.model);
  }
  // A model may be listed before its parent; the marks spread until nothing changes.
  const auto models = records.models(project);
  for (bool spread = true; spread;) {
    spread = false;
    for (const Model& model : models) {
      if (model.parent && marked.contains(model.parent)) spread = marked.insert(model.id).second || spread;
    }
  }
  return marked;
}

}  // namespace preceptor::loop
