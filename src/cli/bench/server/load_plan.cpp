#include "cli/bench/server/load_plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace preceptor::cli {

using nlohmann::json;

json to_json(const LoadPlan& plan) {
  json people = json::array();
  for (const LoadPerson& person : plan.people)
    people.push_back({{"cookie", person.cookie}, {"csrf_token", person.csrf_token}});
  return {{"ports", plan.ports},
          {"project", plan.project},
          {"seconds", plan.seconds},
          {"think_seconds", plan.think_seconds},
          {"people", people}};
}

LoadPlan load_plan_from(const json& value) {
  LoadPlan plan{.ports = value.at("ports"),
                .project = value.at("project"),
                .seconds = value.at("seconds"),
                .think_seconds = value.at("think_seconds"),
                .people = {}};
  for (const json& person : value.at("people"))
    plan.people.push_back({.cookie = person.at("cookie"), .csrf_token = person.at("csrf_token")});
  return plan;
}

json to_json(const LoadResult& result) {
  return {{"seconds", result.seconds},
          {"submit_p50_ms", result.submit_p50_ms},
          {"submit_p99_ms", result.submit_p99_ms},
          {"next_p50_ms", result.next_p50_ms},
          {"next_p99_ms", result.next_p99_ms},
          {"processor_seconds", result.processor_seconds},
          {"errors", result.errors},
          {"first_error", result.first_error},
          {"acknowledged", result.acknowledged}};
}

LoadResult load_result_from(const json& value) {
  return {.seconds = value.at("seconds"),
          .submit_p50_ms = value.at("submit_p50_ms"),
          .submit_p99_ms = value.at("submit_p99_ms"),
          .next_p50_ms = value.at("next_p50_ms"),
          .next_p99_ms = value.at("next_p99_ms"),
          .processor_seconds = value.at("processor_seconds"),
          .errors = value.at("errors"),
          .first_error = value.at("first_error"),
          .acknowledged = value.at("acknowledged")};
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[static_cast<std::size_t>(place)];
}

}  // namespace preceptor::cli
