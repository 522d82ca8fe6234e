#include "engine/generation/sequence.hpp"

#include <algorithm>

namespace preceptor::engine {

using Finish = GenerationResult::Finish;

std::optional<Finish> accept(Sequence& sequence, const PickedToken& picked, std::int32_t context_length_max) {
  const SamplingOptions& sampling = sequence.request.sampling;
  GenerationResult& result = sequence.result;
  if (picked.id < 0) {
    result.failure = Error{.kind = ErrorKind::internal,
                           .message = "the model's logits are not numbers",
                           .hint = "Its weights are damaged."};
    return Finish::failed;
  }
  if (std::ranges::find(sampling.stop_ids, picked.id) != sampling.stop_ids.end()) {
    result.stop_id = picked.id;
    result.stop_logprob = picked.logprob;
    return Finish::stop;
  }
  result.tokens.push_back(picked.id);
  result.logprobs.push_back(picked.logprob);
  if (sampling.top_logprobs > 0) result.top_logprobs.push_back(picked.top);
  sequence.history.add(picked.id);
  if (sequence.constraint) sequence.constraint->accept(picked.id);
  const Next next = sequence.listener.on_token ? sequence.listener.on_token(picked) : Next::go_on;
  if (next == Next::cancel) return Finish::cancelled;
  if (next == Next::stop || (sequence.constraint && sequence.constraint->finished())) return Finish::stop;
  // Prompt, text and the token to come must fit the context together, so that the text can be trained on.
  const bool goes_on = static_cast<std::int32_t>(result.tokens.size()) < sampling.tokens_max &&
                       sequence.cache.length + 1 < context_length_max;
  return goes_on ? std::nullopt : std::optional(Finish::length);
}

}  // namespace preceptor::engine
