#include "learning/fingerprint.hpp"

#include "base/format.hpp"

namespace preceptor::learning {

std::string fingerprint(const engine::Trainee& trainee, const Objective& objective,
                        const TrainingOptions& options) {
  Sha256 hash;
  const engine::ParameterArena& learned = trainee.learned();
  for (const auto& tensor : learned.list()) {
    hash.add(tensor.name);
    add_numbers(hash, learned.values().subspan(tensor.offset, tensor.count));
  }
  if (trainee.base()) {
    hash.add(format("base {} {} {};", static_cast<int>(trainee.base()->type()), trainee.base()->fingerprint(),
                    trainee.adapter()->scale()));
  }
  objective.describe(hash);
  const auto& o = options;
  hash.add(format("schedule {} {} {} {};", static_cast<int>(o.schedule), o.learning_rate, o.learning_rate_min,
                  o.warmup_steps));
  hash.add(format("optimiser {} {} {} {} {};", o.optimiser.beta1, o.optimiser.beta2, o.optimiser.epsilon,
                  o.optimiser.weight_decay, o.optimiser.gradient_norm_max));
  hash.add(format("steps {} {} batch {} {} {} order {} seed {} precision {};", o.steps, o.epochs,
                  o.batch_examples, o.batch_tokens, o.microbatch_tokens, static_cast<int>(o.order), o.seed,
                  static_cast<int>(o.precision)));
  return hash.hex();
}

}  // namespace preceptor::learning
