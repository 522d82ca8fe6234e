#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/generation/constraint.hpp"
#include "engine/generation/sampling.hpp"
#include "engine/generation/token_picker.hpp"
#include "engine/kernels/precision.hpp"
#include "engine/kernels/row_linear.hpp"

namespace preceptor::engine {

struct GenerationRequest {
  std::vector<TokenId> prompt;
  SamplingOptions sampling;
  std::shared_ptr<const Constraint> constraint = {};  // shared: its tables serve many requests at once
  // Requests of one owner (not 0) leave places in the batch to those of others.
  std::uint64_t owner = 0;
};

struct GenerationResult {
  enum class Finish { stop, length, cancelled, failed };

  std::vector<TokenId> tokens;  // without the stop id
  // Of each token under the model's own distribution: temperature 1, no filter, whatever it was sampled with.
  std::vector<float> logprobs;
  std::vector<std::vector<TokenLogprob>> top_logprobs;  // of each token, when asked for
  Finish finish = Finish::length;
  TokenId stop_id = -1;                   // the id that ended the text; -1 unless one did
  float stop_logprob = 0.0F;              // of that id
  std::int32_t prompt_tokens_reused = 0;  // those whose keys and values were there already
  std::optional<Error> failure = {};      // with Finish::failed
};

struct GeneratorOptions {
  Precision precision = Precision::bf16;             // fp32 is used where the CPU lacks bf16 products
  WeightFormat weights = WeightFormat::as_products;  // int8: half the memory, faster, not quite as exact
  int threads = 0;                                   // 0: hardware threads
  std::int32_t batch_max = 64;                       // sequences decoded together
  std::int32_t prefill_rows_max = 512;               // prompt tokens taken in one pass; bounds memory
  // Prompt tokens taken in a pass that others wait for with their next token: bounds how long they wait.
  std::int32_t prefill_rows_beside = 128;
  // Keys and values of all texts; room for one whole context is taken in any case.
  std::size_t cache_bytes_max = std::size_t{4} << 30;
  // Of those, what is kept of texts that have ended, to be found again by prompts that begin alike. 0:
  // nothing.
  std::size_t prefix_bytes_max = std::size_t{1} << 30;
};

// Refuses an empty prompt, one that leaves no room in the model's context, ids outside the vocabulary and
// settings outside their ranges.
Result<void> check(const GenerationRequest& request, const ModelConfig& config);

}  // namespace preceptor::engine
