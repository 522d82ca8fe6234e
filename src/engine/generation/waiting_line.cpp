#include "engine/generation/waiting_line.hpp"

#include <cstdint>
#include <map>

namespace preceptor::engine {

std::size_t next_to_admit(const std::deque<SequencePointer>& waiting,
                          const std::vector<SequencePointer>& active) {
  std::map<std::uint64_t, std::size_t> running;  // texts by owner; owner 0 is nobody
  for (const SequencePointer& sequence : active) {
    if (sequence->request.owner != 0) ++running[sequence->request.owner];
  }
  const auto count_of = [&](const SequencePointer& sequence) {
    const auto found = running.find(sequence->request.owner);
    return found == running.end() ? 0 : found->second;
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < waiting.size() && count_of(waiting[best]) > 0; ++i) {
    if (count_of(waiting[i]) < count_of(waiting[best])) best = i;
  }
  return best;
}

}  // namespace preceptor::engine
