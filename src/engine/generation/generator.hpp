#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.hpp"
#include "engine/generation/sampling.hpp"
#include "engine/kernels/precision.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

struct GenerationRequest {
  std::vector<TokenId> prompt;
  SamplingOptions sampling;
};

struct GenerationResult {
  enum class Finish { stop, length, cancelled };

  std::vector<TokenId> tokens;  // without the stop id
  // Of each token under the model's own distribution: temperature 1, no filter, whatever it was sampled with.
  std::vector<float> logprobs;
  Finish finish = Finish::length;
  TokenId stop_id = -1;       // the id that ended the text; -1 unless finish is stop
  float stop_logprob = 0.0F;  // of that id
};

struct GeneratorOptions {
  Precision precision = Precision::bf16;  // fp32 is used where the CPU lacks bf16 products
  int threads = 0;                        // 0: hardware threads
  std::int32_t batch_max = 64;            // sequences decoded together
  std::int32_t prefill_rows_max = 512;    // prompt tokens taken in one pass; bounds memory
};

// Continuous batching over a paged cache: a request joins as soon as another ends, and the samples of one
// prompt share its pages and its prefill. The text of a request depends on its prompt, its settings and its
// seed, never on what else is in the batch, on the number of threads or on batch_max. Borrows the parameters.
// Not thread-safe.
class Generator {
public:
  Generator(const Parameters& parameters, GeneratorOptions options);
  Generator(Generator&&) noexcept;
  Generator& operator=(Generator&&) noexcept;
  ~Generator();

  // Repacks the weights; call after an optimiser step.
  void weights_changed();

  // False cancels that request. Called on the calling thread, as each token is known; not for the stop id.
  using OnToken = std::function<bool(std::size_t request, TokenId token)>;

  // Results in the order of the requests. A text ends at a stop id, after tokens_max tokens, or where the
  // model's context is full (both Finish::length). When stop is asked for, what is there is returned as
  // cancelled. Throws Failure: invalid for a request that check() refuses, before anything is generated;
  // internal when the model's logits are not numbers.
  std::vector<GenerationResult> generate(std::span<const GenerationRequest> requests,
                                         const OnToken& on_token = {}, std::stop_token stop = {});

private:
  class Schedule;
  struct Body;
  std::unique_ptr<Body> body_;
};

// Refuses an empty prompt, one that leaves no room in the model's context, ids outside the vocabulary and
// settings outside their ranges.
Result<void> check(const GenerationRequest& request, const ModelConfig& config);

}  // namespace preceptor::engine
