#include "quality/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace preceptor::quality {
namespace {

// Continued fraction of the regularised incomplete beta function (Lentz), converging for x < (a+1)/(a+b+2).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  double c = 1.0;
  double d = 1.0 / std::max(tiny, 1.0 - (a + b) * x / (a + 1.0));
  double result = d;
  for (int m = 1; m <= 300; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1.0 + even * d;
    c = 1.0 + even / c;
    d = 1.0 / (std::abs(d) < tiny ? tiny : d);
    c = std::abs(c) < tiny ? tiny : c;
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1.0 + odd * d;
    c = 1.0 + odd / c;
    d = 1.0 / (std::abs(d) < tiny ? tiny : d);
    c = std::abs(c) < tiny ? tiny : c;
    result *= d * c;
    if (std::abs(d * c - 1.0) < 1e-15) break;
  }
  return result;
}

double regularised_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

// P(|T| > t)
double student_t_tails(double t, double freedom) {
  return regularised_beta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

template <class Tails>
double quantile_by_bisection(Tails tails, double tail_wanted) {
  double low = 0;
  double high = 1;
  while (tails(high) > tail_wanted && high < 1e12) high *= 2;
  for (int step = 0; step < 200; ++step) {
    const double middle = (low + high) / 2;
    (tails(middle) > tail_wanted ? low : high) = middle;
  }
  return (low + high) / 2;
}

Estimate nothing() {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  return {nan, nan, nan, 0};
}

}  // namespace

double student_t_quantile(double confidence, double freedom) {
  return quantile_by_bisection([&](double t) { return student_t_tails(t, freedom); }, 1 - confidence);
}

double normal_quantile(double confidence) {
  return quantile_by_bisection([](double z) { return std::erfc(z / std::sqrt(2.0)); }, 1 - confidence);
}

Estimate wilson(std::int64_t successes, std::int64_t trials, double confidence) {
  if (trials <= 0) return nothing();
  const double n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double z = normal_quantile(confidence);
  const double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return {share, std::max(0.0, centre - half), std::min(1.0, centre + half), trials};
}

Estimate clustered_mean(std::span<const Observation> observations, Bounds bounds, double confidence) {
  if (observations.empty()) return nothing();
  double sum = 0;
  for (const Observation& o : observations) sum += o.value;
  const double count = static_cast<double>(observations.size());
  const double mean = sum / count;
  std::map<std::int64_t, double> residuals;
  for (const Observation& o : observations) residuals[o.cluster] += o.value - mean;
  const auto clusters = static_cast<std::int64_t>(residuals.size());
  if (clusters == 1) return {mean, bounds.low, bounds.high, 1};
  double squares = 0;
  for (const auto& [cluster, residual] : residuals) squares += residual * residual;
  const double g = static_cast<double>(clusters);
  const double error = std::sqrt(g / (g - 1) * squares) / count;
  const double half = student_t_quantile(confidence, g - 1) * error;
  return {mean, std::max(bounds.low, mean - half), std::min(bounds.high, mean + half), clusters};
}

}  // namespace preceptor::quality
