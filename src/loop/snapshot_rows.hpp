// What a snapshot holds: judgments turned into training data, with weights and without names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "loop/records.hpp"

namespace preceptor::loop {

struct SnapshotContent {
  std::map<std::string, std::vector<std::string>> files;  // name → rows, each one JSON object in a line
  std::vector<JudgmentId> judgments;                      // that any row rests on
  std::map<std::string, std::int64_t> people;             // pseudonym → judgments
  std::map<std::string, std::int64_t> left_out;           // reason → judgments
  std::vector<std::int64_t> guideline_versions;
  std::vector<std::int64_t> rubric_versions;
};

enum class Weighting { reliability, none };

// All training tasks of the round with counted judgments, by task id. Files:
//   preferences.jsonl     {prompt, chosen, rejected, probability, weight, task, judgments}: probability that
//   chosen is
//                         better, from the votes weighed by reliability (quality/pair_votes.hpp) or by their
//                         share
//   demonstrations.jsonl  {messages, weight, task, judgment, annotator}
//   ratings.jsonl         {prompt, response, scores, task, judgments}
//   annotations.jsonl     {kind, prompt, response, payload, task, judgment, annotator}: flags, spans,
//   criteria,
//                         claims; of a chat also {conversation}
// With reliability the work of paused members is left out and a demonstration weighs 2·reliability − 1 of its
// author. Golds, evaluation tasks, surplus and superseded judgments never enter.
SnapshotContent snapshot_content(Records&, const Round&, Weighting);

}  // namespace preceptor::loop
