#pragma once

#include <cmath>
#include <functional>

namespace preceptor::learning {

// Central difference in double: the error is of the order of step².
inline double slope(const std::function<double(double)>& function, double at, double step = 1e-5) {
  return (function(at + step) - function(at - step)) / (2 * step);
}

}  // namespace preceptor::learning
