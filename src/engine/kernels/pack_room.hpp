#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/kernels/aligned.hpp"

namespace preceptor::engine {

// Memory for one packed matrix at a time, shared by all that pack right before each use: a large model's
// packed weights would otherwise stand in memory beside their masters.
class PackRoom {
public:
  std::byte* reserve(std::size_t bytes) {
    if (memory_.size() < bytes) memory_ = AlignedArray<std::byte>(bytes);
    return memory_.data();
  }

private:
  AlignedArray<std::byte> memory_;
};

}  // namespace preceptor::engine
