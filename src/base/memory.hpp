#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

namespace preceptor {

// Bytes that this process may still take before the system runs short: what the kernel calls available, or
// less where a control group (version 2) allows less. Nothing where the kernel does not say. root: of the
// files of /proc and /sys.
std::optional<std::size_t> available_memory_bytes(const std::filesystem::path& root = "/");

}  // namespace preceptor
