// A calculator that shows its steps, for checking the figures of an answer.
//
//   + - × * ÷ / ^ ** ( )   as usual; ^ first and from the right, -2^2 is -4
//   %                      after a number: a hundredth, 5% is 0.05
//   sqrt(x) abs(x) round(x, places) min(…) max(…) sum(…) mean(…)
//   percent(part, whole)             part ÷ whole × 100
//   change(from, to)                 (to − from) ÷ from × 100
//   compound(principal, rate, n)     principal × (1 + rate ÷ 100)^n, the rate in per cent per period
//   payment(principal, rate, n)      what repays a loan in n equal parts
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace preceptor::evidence {

inline constexpr std::size_t expression_bytes_max = 1000;
inline constexpr int calculation_depth_max = 50;
inline constexpr std::size_t calculation_steps_max = 300;

struct CalculationStep {
  std::string text;      // "7 × 3"
  std::string value;     // "21"
  bool rounded = false;  // exact otherwise
};
struct Calculation {
  std::string value;
  bool rounded = false;  // some step was: 40 digits were kept, the last one half to even
  std::vector<CalculationStep> steps;
};

// Refuses with invalid, at the place in the expression ("character 7"), what it cannot read or work out.
Result<Calculation> calculate(std::string_view expression);

}  // namespace preceptor::evidence
