// Judgments as data sets of the shapes that TRL reads, for trainers elsewhere.
#pragma once

#include <map>
#include <string>

#include "loop/records.hpp"

namespace preceptor::cli {

enum class ExportKind { preferences, demonstrations };

struct ExportedData {
  std::string lines;  // one JSON object each
  std::int64_t rows = 0;
  std::map<std::string, std::int64_t> left_out;  // reason → judgments
};

// What a snapshot over all rounds of the project would hold (loop/snapshot_rows.hpp): votes weighed by
// reliability, no golds, no evaluation tasks. Nobody's name and no id of a person leaves with it.
//   preferences     {prompt: [message…], chosen: [message], rejected: [message], probability, weight}
//   demonstrations  {messages: [message…], weight}
ExportedData export_judgments(loop::Records&, feedback::ProjectId, ExportKind);

}  // namespace preceptor::cli
