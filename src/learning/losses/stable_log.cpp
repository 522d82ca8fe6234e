#include "learning/losses/stable_log.hpp"

#include <algorithm>
#include <cmath>

namespace preceptor::learning {

double sigmoid(double x) {
  if (x >= 0) return 1.0 / (1.0 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1.0 + e);
}

double log_sigmoid(double x) { return std::min(x, 0.0) - std::log1p(std::exp(-std::abs(x))); }

double log1m_exp(double x) {
  constexpr double minus_log_2 = -0.6931471805599453;
  return x < minus_log_2 ? std::log1p(-std::exp(x)) : std::log(-std::expm1(x));
}

}  // namespace preceptor::learning
