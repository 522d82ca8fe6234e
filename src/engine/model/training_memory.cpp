#include "engine/model/training_memory.hpp"

#include <algorithm>

#include "engine/model/decoder.hpp"
#include "engine/model/language_head.hpp"

namespace preceptor::engine {

namespace {

template <class Real>
TrainingMemory typed_memory(const Trainee& trainee, const NetworkOptions& options, std::size_t rows) {
  constexpr std::size_t arrays_that_learn = 3;  // gradients, two moments
  const ModelWeights weights = trainee.weights();
  const Decoder<Real> decoder(weights, options.recompute);
  const DecoderMemory layers = decoder.memory(rows);
  const HeadMemory head = LanguageHead<Real>(weights).memory(rows);
  return {.gradients_and_moments = arrays_that_learn * sizeof(float) * trainee.learned().values().size(),
          .packed_weights = layers.packed + head.packed,
          .activations = layers.activations + head.activations,
          .logits = head.logits};
}

}  // namespace

TrainingMemory training_memory(const Trainee& trainee, const NetworkOptions& options, std::size_t rows) {
  const std::size_t padded = padded_rows(rows);
  if (usable_precision(options.precision) == Precision::bf16) {
    return typed_memory<Bf16>(trainee, options, padded);
  }
  return typed_memory<float>(trainee, options, padded);
}

}  // namespace preceptor::engine
