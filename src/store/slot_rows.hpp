// How a slot is read, by the statements that claim it and those that look at it.
#pragma once

#include "store/values.hpp"

namespace preceptor::store {

// Of: id, task_id, ordinal, state, person_id, lease_token, lease_expires_at.
inline Slot slot_from(const Row& row) {
  return {.id = id_at<SlotId>(row, 0),
          .task = id_at<TaskId>(row, 1),
          .ordinal = row.integer(2),
          .state = code_at<SlotState>(row, 3),
          .person = id_at<PersonId>(row, 4),
          .lease_token = row.text(5),
          .lease_expires_at = moment_at(row, 6)};
}

}  // namespace preceptor::store
