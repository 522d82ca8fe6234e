#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "engine/generation/sequence.hpp"

namespace preceptor::engine {

using SequencePointer = std::unique_ptr<Sequence>;

// Which of those waiting, one at least, comes into the batch next: the longest waiting, but of owners with
// texts in the batch only when nobody with fewer there waits.
std::size_t next_to_admit(const std::deque<SequencePointer>& waiting,
                          const std::vector<SequencePointer>& active);

}  // namespace preceptor::engine
