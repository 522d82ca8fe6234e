#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "engine/generation/request.hpp"
#include "engine/generation/weight_source.hpp"

namespace preceptor::engine {

enum class Next { go_on, stop, cancel };  // stop: the text has come to its end by itself

struct Listener {
  // Called as each token is known; not for the stop id. May be empty.
  std::function<Next(const PickedToken&)> on_token;
  // Called once, last. May be empty.
  std::function<void(GenerationResult)> on_end;
};

// Continuous batching over a paged cache, one pass of the model at a time: requests join and leave between
// any two passes, long prompts are taken in by parts beside the others' next tokens, samples of one prompt
// share its pages and its prefill, prompts that begin like an earlier text go on from its pages. When the
// pages run out, the youngest text gives its own back and is taken in again later. A request's tokens and
// log-probabilities have the same bits whatever of this happens, alone or among others. Borrows the
// weights. Not thread-safe.
class BatchScheduler {
public:
  using RequestId = std::uint64_t;

  // Throws Failure(unsupported) for a model without a language head.
  BatchScheduler(const WeightSource& source, GeneratorOptions options);
  BatchScheduler(BatchScheduler&&) noexcept;
  BatchScheduler& operator=(BatchScheduler&&) noexcept;
  ~BatchScheduler();

  const ModelConfig& config() const;

  // Repacks the weights and forgets all earlier texts; only while nothing waits or runs.
  void weights_changed();

  // The request must have passed check(). Not to be called by a listener, like all here.
  RequestId add(GenerationRequest request, Listener listener);
  // Ends it as cancelled; one that has ended is let be.
  void cancel(RequestId id);
  // Ends all as cancelled.
  void cancel_all();
  // Drops all without a word to the listeners: after one of them threw.
  void abandon();

  // One pass: at most one token for each text. False when nothing waits or runs.
  bool step();

  struct Load {
    std::size_t running = 0, waiting = 0;
    std::size_t pages_in_use = 0, pages_of_ended_texts = 0, pages_max = 0;
    std::uint64_t preemptions = 0;  // so far
  };
  Load load() const;

private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace preceptor::engine
