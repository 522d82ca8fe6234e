#include "evidence/process_tree.hpp"

#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

namespace preceptor::evidence {
namespace {

constexpr std::size_t processes_looked_at_max = 4096;

std::size_t resident_bytes(const std::string& folder) {
  std::ifstream file(folder + "/statm");
  std::size_t size = 0, resident = 0;
  if (!(file >> size >> resident)) return 0;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

TreeUse use_of_tree(pid_t root) {
  TreeUse use;
  std::vector<pid_t> waiting{root};
  while (!waiting.empty() && use.processes < processes_looked_at_max) {
    const pid_t process = waiting.back();
    waiting.pop_back();
    const std::string number = std::to_string(process);
    const std::string folder = "/proc/" + number;
    use.processes += 1;
    use.memory_bytes += resident_bytes(folder);
    // Children stand under the thread that made them; what matters here has one.
    std::ifstream children(folder + "/task/" + number + "/children");
    for (pid_t child = 0; children >> child;) waiting.push_back(child);
  }
  return use;
}

}  // namespace preceptor::evidence
