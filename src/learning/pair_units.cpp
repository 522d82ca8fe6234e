#include "learning/pair_units.hpp"

#include <cmath>

#include "base/format.hpp"
#include "learning/fingerprint.hpp"
#include "learning/packing.hpp"

namespace preceptor::learning {
namespace {

Result<void> check_pair(const engine::ModelConfig& config, const PreferenceExample& pair,
                        const std::string& what) {
  if (pair.chosen.empty() || pair.rejected.empty()) {
    return refuse(ErrorKind::invalid, "has an empty answer", {}, what);
  }
  if (!(pair.probability >= 0 && pair.probability <= 1)) {
    return refuse(ErrorKind::invalid, "has a probability outside [0, 1]", {}, what);
  }
  if (!std::isfinite(pair.weight) || pair.weight < 0) {
    return refuse(ErrorKind::invalid, "has a weight that is negative or not finite", {}, what);
  }
  if (!std::isfinite(pair.margin))
    return refuse(ErrorKind::invalid, "has a margin that is not finite", {}, what);
  if (auto good = check_sequence(config, pair.prompt, pair.chosen, what + ", chosen"); !good) return good;
  return check_sequence(config, pair.prompt, pair.rejected, what + ", rejected");
}

}  // namespace

std::int64_t PairUnits::tokens(const PreferenceExample& pair) {
  return static_cast<std::int64_t>(pair.prompt.size() + pair.chosen.size() + pair.rejected.size());
}

void PairUnits::describe(Sha256& hash) const {
  for (const PreferenceExample* pair : pairs) {
    for (const auto* tokens : {&pair->prompt, &pair->chosen, &pair->rejected}) {
      add_numbers(hash, std::span<const text::TokenId>(*tokens));
    }
    const float labels[] = {pair->probability, pair->weight, pair->margin};
    add_numbers(hash, std::span<const float>(labels));
  }
}

Result<PairUnits> pair_units(const engine::ModelConfig& config, std::span<const PreferenceExample> examples) {
  PairUnits units;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (auto good = check_pair(config, examples[i], format("pair {}", i)); !good) {
      return tl::unexpected(good.error());
    }
    if (examples[i].weight > 0) {
      units.pairs.push_back(&examples[i]);
    } else {
      ++units.left_out;
    }
  }
  return units;
}

}  // namespace preceptor::learning
