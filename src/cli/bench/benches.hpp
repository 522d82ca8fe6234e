#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/bench/bench_model.hpp"
#include "cli/bench/bench_row.hpp"

namespace preceptor::cli {

struct Bench {
  std::string group;  // as on the command line: train, dpo, reward, generate, load
  std::string name;
  std::function<BenchRow(const BenchOptions&)> work;  // everything but the limit
  std::function<double(const BenchOptions&)> limit;   // in the row's unit; null: none is known
};

std::vector<Bench> training_benches();
std::vector<Bench> preference_benches();
std::vector<Bench> generation_benches();
std::vector<Bench> load_benches();
std::vector<Bench> model_benches();  // generation with BenchOptions::model

// Runs the work in a process of its own, so that the peak memory is its alone, and before each of its runs,
// while it stands still, the limit in another: a machine that is shared gives both the same. The row's limit
// is the median. Call before this process has threads. Throws Failure when one of them fails.
BenchRow run_bench(const Bench& bench, const BenchOptions& options);

}  // namespace preceptor::cli
