// What the load generator is told to do, and what it found: JSON between two processes of this program.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace preceptor::cli {

struct LoadPerson {
  std::string cookie;
  std::string csrf_token;
};

struct LoadPlan {
  std::vector<int> ports;  // of servers on 127.0.0.1; people take them in turn
  std::int64_t project = 0;
  double seconds = 5;
  double think_seconds = 0;  // mean pause between getting a task and sending the judgment; 0: none
  std::vector<LoadPerson> people;
};

struct LoadResult {
  double seconds = 0;  // from the first request to the last answer
  double submit_p50_ms = 0, submit_p99_ms = 0, next_p50_ms = 0, next_p99_ms = 0;
  double processor_seconds = 0;  // of the load generator itself
  std::int64_t errors = 0;
  std::string first_error;
  std::vector<std::int64_t> acknowledged;  // ids of the judgments that the server said it keeps
};

nlohmann::json to_json(const LoadPlan&);
LoadPlan load_plan_from(const nlohmann::json&);
nlohmann::json to_json(const LoadResult&);
LoadResult load_result_from(const nlohmann::json&);

// The value below which that share of the values lies; 0 of none.
double quantile(std::vector<double> values, double share);

}  // namespace preceptor::cli
