#pragma once

#include <cstddef>
#include <cstdint>

namespace preceptor::engine {

// Rounds `count` neighbouring values, a multiple of 16, to eight bits by the largest of them: x ≈ values *
// scale. Leaves the sum of the rounded values in `sum` and answers the scale, which is not a number where a
// value is none. All kinds give the same bits.
using RoundGroup = float (*)(std::int8_t* values, std::int32_t* sum, const float* x, std::size_t count);

float round_group_plain(std::int8_t* values, std::int32_t* sum, const float* x, std::size_t count);
float round_group_avx2(std::int8_t* values, std::int32_t* sum, const float* x, std::size_t count);
float round_group_avx512(std::int8_t* values, std::int32_t* sum, const float* x, std::size_t count);

}  // namespace preceptor::engine
