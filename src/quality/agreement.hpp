#pragma once
#include <cstdint>
#include <optional>
#include <span>

namespace preceptor::quality {

enum class Scale { nominal, ordinal, interval, ratio };

struct Rating {
  std::int64_t item = 0;
  std::int64_t rater = 0;
  double value = 0;
};

// Krippendorff's alpha = 1 - Σ oΔ / Σ eΔ over the coincidence matrix, o_ck = Σ_units pairs/(m_u - 1),
// e_ck = n_c (n_k - [c = k]) / (n - 1) (Krippendorff 2011, "Computing Krippendorff's alpha-reliability").
// Items with one rating are dropped. Undefined (nullopt) when no item has two ratings or all values are
// equal.
std::optional<double> krippendorff_alpha(std::span<const Rating> ratings, Scale scale);

}  // namespace preceptor::quality
