#pragma once

#include <cstddef>

#include "engine/kernels/aligned.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// One sequence and one key/value head with the query heads that share it: what one thread computes. Pointers
// stand at the sequence's first row and the head's first column; steps are the widths of the whole rows.
template <class Real>
struct AttentionJob {
  std::size_t length = 0;       // rows of the sequence
  std::size_t prefix = 0;       // rows of the sequence that it continues
  std::size_t dim = 0;          // head_dim
  std::size_t group = 0;        // query heads on this key/value head
  std::size_t qkv_step = 0;     // qkv_width
  std::size_t out_step = 0;     // query_width
  std::size_t log_step = 0;     // head_count
  float scale = 1;              // of the scores
  std::size_t window = 0;       // positions that a query sees; 0: all before it
  const Real* query = nullptr;  // of the group's first head
  const Real* key = nullptr;
  const Real* value = nullptr;
  const Real* prefix_key = nullptr;
  const Real* prefix_value = nullptr;
  Real* out = nullptr;              // written by forward
  float* log_sums = nullptr;        // written by forward
  const Real* saved_out = nullptr;  // the rest is for backward
  const float* saved_log_sums = nullptr;
  const Real* d_out = nullptr;
  Real* d_query = nullptr;
  Real* d_key = nullptr;
  Real* d_value = nullptr;
  // (rows of the root, padded dim): a continuation adds what it gives to its root's keys and values, the root
  // begins with it. Null where nothing is continued.
  float* d_shared_keys = nullptr;
  float* d_shared_values = nullptr;
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

  std::size_t used() const { return used_; }
  // Gives back what was taken since used() returned `mark`.
  void rewind(std::size_t mark) { used_ = mark; }

private:
  AlignedArray<float> memory_;
  std::size_t used_ = 0;
};

// Computed in fp32, whatever the type of the rows.
void attention_job_forward(const AttentionJob<float>& job, AttentionScratch& scratch);
void attention_job_forward(const AttentionJob<Bf16>& job, AttentionScratch& scratch);
void attention_job_backward(const AttentionJob<float>& job, AttentionScratch& scratch);
void attention_job_backward(const AttentionJob<Bf16>& job, AttentionScratch& scratch);

}  // namespace preceptor::engine
