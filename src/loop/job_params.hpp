// What a job is told, as JSON in its row and back.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "loop/jobs.hpp"

namespace preceptor::loop {

std::string to_params(const GenerateRequest&);
std::string to_params(const SnapshotRequest&);
std::string to_params(const TrainRequest&);
std::string to_params(const EvaluateRequest&);

Result<GenerateRequest> generate_params(std::string_view);
Result<SnapshotRequest> snapshot_params(std::string_view);
Result<TrainRequest> train_params(std::string_view);
Result<EvaluateRequest> evaluate_params(std::string_view);

}  // namespace preceptor::loop
