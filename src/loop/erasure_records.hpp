// Marks that an erased person leaves on what was made from their work.
#pragma once

#include <cstdint>
#include <vector>

#include "feedback/ids.hpp"
#include "loop/types.hpp"

namespace preceptor::loop {

// A snapshot whose files hold work of people who were erased since.
struct Tombstone {
  SnapshotId snapshot;
  std::int64_t people = 0, judgments = 0;
};

struct ErasureRecords {
  virtual ~ErasureRecords() = default;
  // One for each snapshot that holds a judgment of the person; answers how many there are. Again: none.
  virtual std::int64_t add_tombstones(feedback::PersonId, Timestamp) = 0;
  virtual std::vector<Tombstone> tombstones(feedback::ProjectId) = 0;
};

}  // namespace preceptor::loop
