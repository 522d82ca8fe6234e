#include "base/memory.hpp"

#include <algorithm>
#include <fstream>
#include <string>

namespace preceptor {
namespace {

namespace fs = std::filesystem;

// "MemAvailable:   1234 kB"
std::optional<std::size_t> system_available(const fs::path& root) {
  std::ifstream file(root / "proc/meminfo");
  std::string name, unit;
  for (std::size_t kilobytes = 0; file >> name >> kilobytes;) {
    std::getline(file, unit);
    if (name == "MemAvailable:") return kilobytes * 1024;
  }
  return std::nullopt;
}

std::optional<std::size_t> number_in(const fs::path& path) {
  std::ifstream file(path);
  std::size_t number = 0;
  if (file >> number) return number;
  return std::nullopt;  // no such file, or "max"
}

// "0::/user.slice/…" is this process's group; every group above it has a limit of its own.
std::optional<std::size_t> group_available(const fs::path& root) {
  std::ifstream file(root / "proc/self/cgroup");
  std::optional<std::size_t> least;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::/")) continue;
    fs::path group = fs::path(line.substr(4));
    while (true) {
      const fs::path folder = root / "sys/fs/cgroup" / group;
      const auto limit = number_in(folder / "memory.max");
      const auto used = number_in(folder / "memory.current");
      if (limit && used) {
        const std::size_t left = *limit > *used ? *limit - *used : 0;
        least = std::min(least.value_or(left), left);
      }
      if (group.empty()) break;
      group = group.parent_path();
    }
  }
  return least;
}

}  // namespace

std::optional<std::size_t> available_memory_bytes(const fs::path& root) {
  const auto system = system_available(root);
  const auto group = group_available(root);
  if (system && group) return std::min(*system, *group);
  return system ? system : group;
}

}  // namespace preceptor
