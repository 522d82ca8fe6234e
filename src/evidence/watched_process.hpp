// Starts a program, gathers what it writes, and ends it with all its children when it takes too much.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace preceptor::evidence {

struct HandedFile {    // a descriptor of the child with given content
  int descriptor = 0;  // at least 3
  std::string_view content;
};
struct ProcessLimits {
  std::chrono::milliseconds time{10'000};
  std::size_t memory_bytes = 512U << 20U;  // of all its processes, as they stand in memory
  std::size_t processes = 64;
  std::size_t output_bytes = 64U << 10U;  // of each of the two streams
};
enum class Ending { ended, out_of_time, out_of_memory, too_many_processes, too_much_output, cancelled };
struct ProcessResult {
  Ending ending = Ending::ended;
  int status = 0;  // of exit; 128 + signal when one ended it
  std::string output, errors;
  std::chrono::milliseconds took{0};
};

// arguments[0] is the path. The child has no other descriptor of ours, nothing on its input, a session of its
// own, and, when we are root, the user and group `user_when_root`. Its memory and processes are looked at
// fifty times a second. Throws Failure when it cannot be started.
ProcessResult run_watched(const std::vector<std::string>& arguments, std::span<const HandedFile> files,
                          const ProcessLimits& limits, std::uint32_t user_when_root, std::stop_token stop);

}  // namespace preceptor::evidence
