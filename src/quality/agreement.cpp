#include "quality/agreement.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace preceptor::quality {
namespace {

struct Coincidences {
  std::vector<double> values;               // distinct values, ascending
  std::vector<std::vector<double>> counts;  // (values, values)
  std::vector<double> margins;              // (values)
  double total = 0;
};

Coincidences count_coincidences(std::span<const Rating> ratings) {
  std::map<std::int64_t, std::vector<double>> units;
  for (const Rating& r : ratings) units[r.item].push_back(r.value);
  std::map<double, std::size_t> place;
  for (const auto& [item, values] : units) {
    if (values.size() < 2) continue;
    for (const double v : values) place.emplace(v, 0);
  }
  Coincidences result;
  for (auto& [value, index] : place) {
    index = result.values.size();
    result.values.push_back(value);
  }
  const std::size_t kinds = result.values.size();
  result.counts.assign(kinds, std::vector<double>(kinds, 0));
  result.margins.assign(kinds, 0);
  for (const auto& [item, values] : units) {
    if (values.size() < 2) continue;
    const double share = 1.0 / static_cast<double>(values.size() - 1);
    for (std::size_t i = 0; i < values.size(); ++i)
      for (std::size_t j = 0; j < values.size(); ++j)
        if (i != j) result.counts[place[values[i]]][place[values[j]]] += share;
  }
  for (std::size_t c = 0; c < kinds; ++c)
    for (std::size_t k = 0; k < kinds; ++k) result.margins[c] += result.counts[c][k];
  for (const double m : result.margins) result.total += m;
  return result;
}

double squared_difference(const Coincidences& o, std::size_t c, std::size_t k, Scale scale) {
  if (c == k) return 0;
  const double a = o.values[c];
  const double b = o.values[k];
  switch (scale) {
    case Scale::nominal: return 1;
    case Scale::interval: return (a - b) * (a - b);
    case Scale::ratio: return a + b == 0 ? 0 : (a - b) * (a - b) / ((a + b) * (a + b));
    case Scale::ordinal: {
      double between = -(o.margins[c] + o.margins[k]) / 2;
      for (std::size_t g = std::min(c, k); g <= std::max(c, k); ++g) between += o.margins[g];
      return between * between;
    }
  }
  return 0;
}

}  // namespace

std::optional<double> krippendorff_alpha(std::span<const Rating> ratings, Scale scale) {
  const Coincidences o = count_coincidences(ratings);
  double observed = 0;
  double expected = 0;
  for (std::size_t c = 0; c < o.values.size(); ++c)
    for (std::size_t k = 0; k < o.values.size(); ++k) {
      const double difference = squared_difference(o, c, k, scale);
      observed += o.counts[c][k] * difference;
      expected += o.margins[c] * o.margins[k] / (o.total - 1) * difference;
    }
  if (expected == 0) return std::nullopt;
  return 1 - observed / expected;
}

}  // namespace preceptor::quality
