#include "cli/bench/bench_row.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/format.hpp"

namespace preceptor::cli {

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

nlohmann::json to_json(const BenchRow& row) {
  const double middle = median(row.values);
  return {{"name", row.name},
          {"work", row.work},
          {"unit", row.unit},
          {"median", middle},
          {"min", std::ranges::min(row.values)},
          {"max", std::ranges::max(row.values)},
          {"values", row.values},
          {"limit", row.limit > 0 ? nlohmann::json(row.limit) : nlohmann::json()},
          {"limit_kind", row.limit_kind},
          {"limit_fraction", row.limit > 0 ? nlohmann::json(middle / row.limit) : nlohmann::json()},
          {"peak_rss_bytes", row.peak_rss_bytes},
          {"runs", row.values.size()}};
}

BenchRow bench_row_from(const nlohmann::json& value) {
  return {.name = value.at("name"),
          .work = value.at("work"),
          .unit = value.at("unit"),
          .values = value.at("values"),
          .limit = value.at("limit").is_null() ? 0 : value.at("limit").get<double>(),
          .limit_kind = value.at("limit_kind"),
          .peak_rss_bytes = value.at("peak_rss_bytes")};
}

void print_bench_rows(const std::vector<BenchRow>& rows) {
  fmt::print("{:<18} {:>10} {:>10} {:>10}  {:<9} {:>10} {:>6} {:>9}\n", "bench", "median", "min", "max",
             "unit", "limit", "share", "peak MB");
  for (const BenchRow& row : rows) {
    const double middle = median(row.values);
    fmt::print("{:<18} {:>10.4g} {:>10.4g} {:>10.4g}  {:<9} {:>10} {:>6} {:>9}\n", row.name, middle,
               std::ranges::min(row.values), std::ranges::max(row.values), row.unit,
               row.limit > 0 ? fmt::format("{:.4g}", row.limit) : "–",
               row.limit > 0 ? fmt::format("{:.0f} %", 100 * middle / row.limit) : "–",
               row.peak_rss_bytes / 1'000'000);
  }
  for (const BenchRow& row : rows) fmt::print("{}: {}; limit: {}\n", row.name, row.work, row.limit_kind);
}

}  // namespace preceptor::cli
