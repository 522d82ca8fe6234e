#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.hpp"

// What a stranger's schema may hold, so that no schema costs more than its size is worth.
namespace preceptor::engine {

inline constexpr std::size_t schema_bytes_max = 1 << 20;
inline constexpr int schema_depth_max = 64;
inline constexpr std::size_t schema_members_max = 1'024;   // of one object: they are looked up one by one
inline constexpr std::size_t schema_name_bytes_max = 512;  // of a member
inline constexpr std::size_t schema_branches_max = 256;    // of one anyOf or oneOf
inline constexpr std::size_t schema_values_max = 4'096;    // of one enum
inline constexpr std::size_t schema_comparisons_max = 4'000'000;  // to tell the branches of all oneOf apart

// Refuses with invalid what is no JSON, with too_large what is beyond the bytes, members or names.
Result<void> check_schema_size(std::string_view schema_json);

}  // namespace preceptor::engine
