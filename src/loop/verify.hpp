// Recomputes from the event log what all tables claim: those of judging (feedback/verify.hpp) and those of
// the loop.
#pragma once

#include "feedback/verify.hpp"
#include "loop/records.hpp"

namespace preceptor::loop {

struct VerifyReport {
  feedback::VerifyReport log;  // `differences` are of both parts
  std::int64_t rounds = 0, models = 0, snapshots = 0, runs = 0, evaluations = 0, promotions = 0;
};

// Every round, model, snapshot, finished run, finished evaluation (with its answers, pairs and metric values)
// and promotion must be as the log remembers it, none invented and none gone; the project's current model and
// what a round's end says must follow from the promotions. A row whose event was erased is not compared.
VerifyReport verify(Records&);

}  // namespace preceptor::loop
