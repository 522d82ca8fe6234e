#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace preceptor::cli {

// What one bench measured, beside what the machine would allow in the same run.
struct BenchRow {
  std::string name;
  std::string work;            // what was run
  std::string unit;            // of the values and of the limit
  std::vector<double> values;  // one per run
  double limit = 0;            // 0: none is known
  std::string limit_kind;      // what the limit is made of
  std::int64_t peak_rss_bytes = 0;
};

double median(std::vector<double> values);

// {name, work, unit, median, min, max, limit, limit_kind, limit_fraction, peak_rss_bytes, runs}
nlohmann::json to_json(const BenchRow& row);
BenchRow bench_row_from(const nlohmann::json& value);

void print_bench_rows(const std::vector<BenchRow>& rows);

}  // namespace preceptor::cli
