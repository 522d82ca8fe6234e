// What the demo found, for people on a terminal and for scripts.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace preceptor::cli {

struct DemoReport {
  std::vector<std::pair<std::string, double>> seconds;      // stage → seconds, in order
  std::vector<std::pair<std::string, std::string>> models;  // name → sha256 of its weights
  nlohmann::json evaluation;                                // GET /evaluations/{e}
  nlohmann::json quality;                                   // GET /projects/{p}/quality
  nlohmann::json reward_metrics;                            // of the reward model's run
  nlohmann::json preferences;                               // summary of the snapshot
  std::map<std::string, std::string> tempers;  // name of a simulated expert → what it was made to be
  std::vector<nlohmann::json> transcripts;     // some of GET …/transcripts, regressions among them
  std::int64_t judgments = 0;
  bool lineage_verified = false;
};

// {seconds, models, table: row → column → {value, low, high, n}, judgments, experts, lineage_verified, …}
nlohmann::json to_json(const DemoReport&);
std::string to_text(const DemoReport&);

}  // namespace preceptor::cli
