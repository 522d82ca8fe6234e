#pragma once
#include <cstdint>
#include <span>

namespace preceptor::quality {

// A figure with its interval. `n` counts what the interval rests on: trials for a proportion, clusters
// for a clustered mean. Without data n is 0 and the three numbers are NaN: there is no figure.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
  std::int64_t n = 0;
};

// Two-sided quantile of Student's t: P(|T| <= result) = confidence, with `freedom` > 0 degrees of freedom.
double student_t_quantile(double confidence, double freedom);

// Two-sided quantile of the normal distribution: P(|Z| <= result) = confidence.
double normal_quantile(double confidence);

// Wilson score interval of a proportion. 8 of 10 at 95 %: [.4902, .9433].
Estimate wilson(std::int64_t successes, std::int64_t trials, double confidence = 0.95);

// One value of a cluster: values of one prompt (or one person) move together and are not independent.
struct Observation {
  std::int64_t cluster = 0;
  double value = 0;
};

// Mean with a cluster-robust (sandwich, CR1) interval, Student's t with clusters - 1 degrees of freedom:
//   se² = G/(G-1) · Σ_g (Σ_{i in g} (x_i - mean))² / N²        (Cameron & Miller 2015, eq. 11 and 12)
// A proportion near 0 or 1 keeps its interval inside [low_bound, high_bound]. A single cluster has the widest
// interval that the bounds allow.
struct Bounds {
  double low;
  double high;
};
Estimate clustered_mean(std::span<const Observation> observations, Bounds bounds, double confidence = 0.95);

}  // namespace preceptor::quality
