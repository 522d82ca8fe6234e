// What a reviewer, an adjudicator, or one who carries work on is shown of the work of others: what was said,
// never who said it.
#pragma once

#include "feedback/records.hpp"

namespace preceptor::feedback {

struct EarlierWork {
  TaskKind kind = TaskKind::compare;  // of the work in question
  JudgmentId judgment;                // none for an adjudication
  std::string payload;                // of that judgment; empty for an adjudication
  std::vector<std::string> others;    // payloads of the other counted judgments of the task
  std::vector<Exchange> exchanges;    // what a model answered while that judgment was made
  // Of an appeal: the rejection, and what the person says to it.
  std::string clause, comment, objection;
};
// Nothing for tasks that are not about the work of others.
std::optional<EarlierWork> earlier_work(Records&, const Task&);

}  // namespace preceptor::feedback
