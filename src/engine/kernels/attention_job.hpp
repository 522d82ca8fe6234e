#pragma once

#include <cstddef>

#include "engine/kernels/aligned.hpp"

namespace preceptor::engine {

// One sequence and one key/value head with the query heads that share it: what attention.cpp computes on one
// thread. Pointers stand at the sequence's first row and the head's first column; steps are the widths of the
// whole rows.
template <class Real>
struct AttentionJob {
  std::size_t length;    // rows of the sequence
  std::size_t dim;       // head_dim
  std::size_t group;     // query heads on this key/value head
  std::size_t qkv_step;  // qkv_width
  std::size_t out_step;  // query_width
  std::size_t log_step;  // head_count
  float scale;           // of the scores
  std::size_t window;    // positions that a query sees; 0: all before it
  const Real* query;     // of the group's first head
  const Real* key;
  const Real* value;
  Real* out;              // written by forward
  float* log_sums;        // written by forward
  const Real* saved_out;  // the rest is for backward
  const float* saved_log_sums;
  const Real* d_out;
  Real* d_query;
  Real* d_key;
  Real* d_value;
};

// Buffers of one thread, kept from call to call.
class AttentionScratch {
public:
  void reserve(std::size_t floats) {
    if (memory_.size() < floats) memory_ = AlignedArray<float>(floats);
    used_ = 0;
  }
  float* take(std::size_t floats) {
    float* taken = memory_.data() + used_;
    used_ += floats;
    return taken;
  }

private:
  AlignedArray<float> memory_;
  std::size_t used_ = 0;
};

}  // namespace preceptor::engine
