#pragma once

// What the simulated experts write about what they saw.

#include <array>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "demo/experts.hpp"
#include "demo/truth.hpp"

namespace preceptor::demo {

// Why one of two answers was chosen; `decisive` is the dimension that weighed most in the expert's eyes.
std::string reason_for_choice(Choice, Dimension decisive, const Verdict& first, const Verdict& second,
                              Random&);
// Why a dimension got its score; empty for good scores.
std::string reason_for_score(Dimension, int score, const Verdict&, Random&);
// A sentence on the answer as a whole; `overall` is what the expert perceived, about 1 … 5.
std::string reason_for_rating(double overall, const Verdict&, Random&);
// Flags for what the expert perceives as bad.
std::vector<Flag> flags_seen(const DemoPrompt&, const Verdict&, const std::array<double, 5>& perceived,
                             Random&);

}  // namespace preceptor::demo
