#include "engine/generation/generator.hpp"

#include <utility>

namespace preceptor::engine {

std::vector<GenerationResult> Generator::generate(std::span<const GenerationRequest> requests,
                                                  const OnToken& on_token, std::stop_token stop) {
  for (std::size_t index = 0; index < requests.size(); ++index) {
    auto valid = check(requests[index], scheduler_.config());
    if (!valid) {
      valid.error().where = "request " + std::to_string(index);
      throw Failure(valid.error());
    }
  }
  std::vector<GenerationResult> results(requests.size());
  const auto receive = [&](std::size_t index, GenerationResult result) {
    if (result.failure) throw Failure(*result.failure);
    results[index] = std::move(result);
  };
  try {
    for (std::size_t index = 0; index < requests.size(); ++index) {
      Listener listener;
      if (on_token) {
        listener.on_token = [&on_token, index](const PickedToken& token) {
          return on_token(index, token.id) ? Next::go_on : Next::cancel;
        };
      }
      listener.on_end = [&receive, index](GenerationResult result) { receive(index, std::move(result)); };
      scheduler_.add(requests[index], std::move(listener));
    }
    while (!stop.stop_requested() && scheduler_.step()) {}
    scheduler_.cancel_all();
  } catch (...) {
    scheduler_.abandon();
    throw;
  }
  return results;
}

}  // namespace preceptor::engine
