#include "learning/pretraining.hpp"

#include <algorithm>
#include <utility>

#include "base/format.hpp"
#include "learning/likelihood_objective.hpp"
#include "learning/packing.hpp"
#include "learning/training_run.hpp"

namespace preceptor::learning {

Result<TrainingReport> pretrain(const engine::Trainee& trainee,
                                std::span<const std::vector<text::TokenId>> documents,
                                const TrainingOptions& options, const TrainingHooks& hooks) {
  const auto context = static_cast<std::size_t>(trainee.config().context_length_max);
  std::vector<LikelihoodUnit> units;
  std::int64_t left_out = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const std::span<const text::TokenId> document = documents[i];
    if (document.size() < 2) {
      ++left_out;
      continue;
    }
    // A window begins with the last token of the one before, which that one predicted and this one builds on.
    for (std::size_t begin = 0; begin + 1 < document.size(); begin += context - 1) {
      const auto window = document.subspan(begin, std::min(context, document.size() - begin));
      if (auto good = check_sequence(trainee.config(), window, {}, format("document {}", i)); !good) {
        return tl::unexpected(good.error());
      }
      units.push_back({window, {}, 1.0F});
    }
  }
  LikelihoodObjective objective(std::move(units));
  return run_training(trainee, objective, options, hooks, left_out);
}

}  // namespace preceptor::learning
