// What need not be read from the database each time. One per database, safe from any thread.
#pragma once

#include "store/open_counts.hpp"
#include "store/rubric_memory.hpp"

namespace preceptor::store {

struct RecordsMemory {
  RubricMemory rubrics;
  OpenCounts open;
};

}  // namespace preceptor::store
