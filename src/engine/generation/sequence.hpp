#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "engine/generation/batch_scheduler.hpp"
#include "engine/generation/page_pool.hpp"

// What the scheduler knows of its requests.
namespace preceptor::engine {

// Tokens to take in before the texts that go on from them can: a prompt, or a prompt with the text so far of
// a request that gave its pages back.
struct Prefill {
  std::vector<TokenId> tokens;
  SequenceCache cache;
  std::int32_t reused = 0;    // tokens that were found in the prefix cache
  std::vector<float> logits;  // of the last token, once all are taken in
  std::size_t waiting = 0;    // requests that are not in the batch yet
  std::size_t in_batch = 0;   // those in the batch that have not started
  bool begun = false;

  std::int32_t size() const { return static_cast<std::int32_t>(tokens.size()); }
  bool ready() const { return !logits.empty(); }
  std::int32_t left() const { return size() - cache.length; }
};

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

}  // namespace preceptor::engine
