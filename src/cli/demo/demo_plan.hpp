// How large the demo is and with which settings it learns. Fixed steps, never fixed time: two runs give the
// same models.
#pragma once

#include <cstdint>

#include "demo/prompts.hpp"

namespace preceptor::cli {

struct DemoPlan {
  std::uint64_t world_seed = 20261123;  // of the world that the shipped base has read about (demo/base.toml)
  std::uint64_t seed = 7;

  demo::PromptCounts judged{.fact = 420, .missing = 90, .harmful = 90, .looks_harmful = 30, .creative = 30};
  int samples = 4;         // answers of the base to each judged prompt
  int rated_prompts = 80;  // of the judged ones: one answer each is rated, the others are compared
  int demonstrated = 160;  // of the judged ones: somebody writes the ideal answer
  int golds = 90;
  double gold_share = 0.3;   // of what a person is handed
  double watch_good = 0.80;  // gold watch: shares right that are told apart, and the alarm's threshold
  double watch_bad = 0.55;
  double watch_threshold = 5;

  double sft_learning_rate = 3e-4;
  int sft_epochs = 3;
  double reward_learning_rate = 5e-4;
  int reward_epochs = 3;
  double dpo_learning_rate = 2e-4;
  double dpo_beta = 0.1;
  int dpo_epochs = 1;

  double temperature = 0.8;  // of every answer: greedy would hide a model that refuses only sometimes
  int tokens_max = 96;
  int left_for_people = 60;  // judged prompts that the new model answers again, for real people to compare
  int blind_pairs = 80;      // per model, compared blind with the base
};

}  // namespace preceptor::cli
