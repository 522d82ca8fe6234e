#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/attention.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// Whether the shapes suit the two functions below, and the CPU has AVX512_BF16.
bool attention_bf16_suits(const AttentionShape& shape);

// attention_forward and attention_backward with bf16 products, one query head of one tree of sequences at a
// time: the probabilities too are rounded to bf16 before they are multiplied. Contracts as in attention.hpp,
// but rows behind the last sequence are not touched.
void attention_forward_bf16(std::span<Bf16> out, std::span<float> log_sums, std::span<const Bf16> qkv,
                            const AttentionRows& rows, const AttentionShape& shape);
void attention_backward_bf16(std::span<Bf16> d_qkv, std::span<const Bf16> d_out, std::span<const Bf16> out,
                             std::span<const float> log_sums, std::span<const Bf16> qkv,
                             const AttentionRows& rows, const AttentionShape& shape);

}  // namespace preceptor::engine
