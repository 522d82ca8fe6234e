#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace preceptor::engine {

// How weights stand in a file. `other` is anything the engine can name but does not compute with.
enum class StoredType { f32, f16, bf16, other };

std::string_view name_of(StoredType type);     // "F32", "F16", "BF16", as safetensors writes them
std::size_t bytes_per_value(StoredType type);  // 4, 2, 2; 0 for `other`

// IEEE half precision, subnormals, infinities and NaN included.
float float16_to_float(std::uint16_t bits);

// bytes holds out.size() little-endian values of `type` (not `other`), without any alignment.
void to_floats(std::span<float> out, std::span<const std::byte> bytes, StoredType type);

// out holds values.size() * bytes_per_value(type) bytes; type is not `other`. A value beyond the
// range of f16 becomes infinite.
void from_floats(std::span<std::byte> out, std::span<const float> values, StoredType type);

}  // namespace preceptor::engine
