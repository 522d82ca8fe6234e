// What a data set looks like, before anybody learns from it: sizes, repetitions, and whether length gives the
// preferred answer away.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "learning/data/dataset.hpp"

namespace preceptor::cli {

struct Lengths {  // in characters (code points)
  std::int64_t count = 0, least = 0, median = 0, p95 = 0, most = 0;
};

struct PreferenceStats {
  std::int64_t pairs = 0;
  std::int64_t prompts = 0;        // different ones
  std::int64_t repeated = 0;       // pairs that are there already, word for word
  std::int64_t contradictory = 0;  // pairs that are there already the other way round
  double chosen_longer_share = 0;  // of the pairs whose answers differ in length; 0 without any
  double mean_probability = 0;     // that the chosen answer is the better one, as the file says
  Lengths prompt, chosen, rejected;
};

struct AnswerStats {  // demonstrations, verdicts
  std::int64_t rows = 0;
  std::int64_t prompts = 0;
  std::int64_t repeated = 0;
  Lengths prompt, answer;
};

struct DatasetStats {
  PreferenceStats preferences;
  AnswerStats demonstrations, verdicts;
  std::int64_t verdicts_good = 0;
  Lengths prompts;    // rows that are a prompt alone
  Lengths documents;  // rows that are a text alone
};

DatasetStats stats_of(const learning::ImportedData&);

// Kinds that the data set has none of are left out.
nlohmann::json as_json(const DatasetStats&);
std::string as_text(const DatasetStats&);

}  // namespace preceptor::cli
