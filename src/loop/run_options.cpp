#include "loop/run_options.hpp"

namespace preceptor::loop {

learning::TrainingOptions training_options(const std::map<std::string, double>& settings, std::uint64_t seed,
                                           int threads) {
  const auto whole = [&](const char* name) { return static_cast<std::int64_t>(settings.at(name)); };
  learning::TrainingOptions options;
  options.learning_rate = static_cast<float>(settings.at("learning_rate"));
  options.warmup_steps = whole("warmup_steps");
  options.steps = whole("steps");
  options.epochs = whole("epochs");
  options.batch_examples = whole("batch_examples");
  options.microbatch_tokens = whole("microbatch_tokens");
  options.optimiser.weight_decay = static_cast<float>(settings.at("weight_decay"));
  options.optimiser.gradient_norm_max = static_cast<float>(settings.at("gradient_norm_max"));
  if (whole("recompute") != 0) options.recompute = engine::Recompute::layers;
  options.seed = seed;
  options.threads = threads;
  return options;
}

std::optional<learning::Adaptation> adaptation_of(const std::map<std::string, double>& settings) {
  const auto rank = static_cast<std::int32_t>(settings.at("lora_rank"));
  if (rank == 0) return std::nullopt;
  learning::Adaptation adaptation;
  adaptation.lora.rank = rank;
  const double alpha = settings.at("lora_alpha");
  adaptation.lora.alpha = static_cast<float>(alpha > 0 ? alpha : 2.0 * rank);
  adaptation.lora.rank_stabilised = settings.at("lora_rank_stabilised") != 0;
  adaptation.base = settings.at("base_bits") < 16 ? engine::FrozenType::int8 : engine::FrozenType::bf16;
  return adaptation;
}

}  // namespace preceptor::loop
