// Rows of the loop together with their events. What was trained on what, measured and promoted is entered
// here and nowhere else, so that the event log remembers each row: `verify` (verify.hpp) holds the tables
// against it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "loop/records.hpp"

namespace preceptor::loop {

// Each adds the row and its event, by the person who asked for it, and answers the new id. The time is the
// row's own.
RoundId enter(Records&, const Round&, PersonId actor);
// The project's first model becomes its current one.
enum class Current { unless_there_is_one, stays };
ModelId enter(Records&, const Model&, Current, PersonId actor);
SnapshotId enter(Records&, const Snapshot&, std::span<const JudgmentId>, PersonId actor);
// The project's model changes with it, and the evaluation's round is closed.
PromotionId enter(Records&, const Promotion&);

// Writes the row as it ended, with its event.
void finish(Records&, const Run&, PersonId actor);
void finish(Records&, const Evaluation&, PersonId actor, Timestamp);
// The same after values of an outside program were put; `columns` of the evaluation may have changed, too.
void measured(Records&, const Evaluation&, PersonId actor, Timestamp);

// What the log remembers of a row: an object whose values never change while the row is honest.
nlohmann::json remembered(const Round&);
nlohmann::json remembered(const Model&);
nlohmann::json remembered(Records&, const Snapshot&);
nlohmann::json remembered(const Run&);
nlohmann::json remembered(Records&, const Evaluation&);  // with a hash for the values of each metric
nlohmann::json remembered(const Promotion&);

}  // namespace preceptor::loop
