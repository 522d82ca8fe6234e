#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.hpp"
#include "engine/generation/batch_scheduler.hpp"
#include "engine/generation/page_pool.hpp"
#include "engine/generation/shared_prefill.hpp"

// What the scheduler knows of one request.
namespace preceptor::engine {

struct Sequence {
  Sequence(BatchScheduler::RequestId number, GenerationRequest wanted, Listener told)
      : id(number),
        request(std::move(wanted)),
        listener(std::move(told)),
        random(request.sampling.seed),
        history(request.prompt) {
    if (request.constraint != nullptr) constraint = request.constraint->begin(request.sampling.stop_ids);
  }

  bool decoding() const { return prefill == nullptr; }
  std::vector<TokenId> tokens() const {
    std::vector<TokenId> all = request.prompt;
    all.insert(all.end(), result.tokens.begin(), result.tokens.end());
    return all;
  }

  BatchScheduler::RequestId id;
  GenerationRequest request;
  Listener listener;
  Random random;
  TokenHistory history;
  std::unique_ptr<ConstraintState> constraint;
  std::shared_ptr<Prefill> prefill;  // shared by the samples of one prompt; null once this text has started
  SequenceCache cache;
  GenerationResult result;
};

// Adds the token that was picked; how the text ended with it, nothing when it goes on.
std::optional<GenerationResult::Finish> accept(Sequence& sequence, const PickedToken& picked,
                                               std::int32_t context_length_max);

}  // namespace preceptor::engine
