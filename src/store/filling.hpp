// Made-up judgments in great number, for measuring how a large project behaves. They come without slots and
// without events, so a database that was filled does not verify.
#pragma once

#include <string>

#include "store/store.hpp"

namespace preceptor::store {

struct Filling {
  feedback::ProjectId project;
  feedback::TaskId first, last;  // every task between them is judged once by every trainer of the project
  std::string payload;
  Timestamp at;
};

// One transaction; answers how many judgments were added.
std::int64_t fill_judgments(Database&, const Filling&);

}  // namespace preceptor::store
