#pragma once

#include <filesystem>
#include <string>

namespace preceptor::fuzz {

// From now on a crash, an abort, an input that takes more than input_seconds_max of processor time, or a
// report of a sanitizer writes the watched input to a file in `folder`, says where, and ends the program with
// exit code 1.
void keep_input_on_death(const std::filesystem::path& folder);

// Far above what any input takes, so that a busy machine does not matter.
inline constexpr int input_seconds_max = 10;
inline constexpr std::size_t memory_bytes_max = std::size_t{4} << 30;  // not under a sanitizer

// The input that runs now. It must live until the next call.
void watch(const std::string& input);

}  // namespace preceptor::fuzz
