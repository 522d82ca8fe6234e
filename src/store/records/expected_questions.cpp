#include "store/sql_records.hpp"

namespace preceptor::store {

// Each list says what the step of the same name in feedback/ asks for, in its order: locks first.

void SqlRecords::expect_submission(TaskId id, PersonId person, std::string_view idempotency_key) {
  connection_.ask_ahead([&] {
    task(id);
    lock_membership_for(id, person);
    if (!idempotency_key.empty()) judgment_with_key(person, idempotency_key);
    assignment(id, person);
    lock_slot_of(id, person);
    project_of(id);
    next_judgment();
  });
}

void SqlRecords::expect_claim(ProjectId id, PersonId person, std::span<const TaskKind> kinds) {
  connection_.ask_ahead([&] {
    lock_membership(id, person);
    own_slot(id, person, kinds);
    project(id);
    has_kept_slot(id, person);
    fit(id, person);
    lanes(id);
    open_out_of_hands(id);
  });
}

void SqlRecords::expect_shown(TaskId id) {
  connection_.ask_ahead([&] {
    task(id);
    prompt_of(id);
    responses_of(id);
  });
}

void SqlRecords::act_alone() { connection_.act_alone(); }

}  // namespace preceptor::store
