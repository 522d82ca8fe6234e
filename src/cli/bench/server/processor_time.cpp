#include "cli/bench/server/processor_time.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/format.hpp"

namespace preceptor::cli {

nlohmann::json processor_seconds(pid_t process) {
  nlohmann::json seconds = nlohmann::json::object();
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(format("/proc/{}/task", process), gone)) {
    std::ifstream file(task.path() / "stat");
    std::string text;
    std::getline(file, text);
    const auto begin = text.find('('), end = text.rfind(')');
    if (end == std::string::npos) continue;
    std::istringstream rest(text.substr(end + 2));
    std::string skipped;
    for (int field = 3; field < 14; ++field) rest >> skipped;
    double user = 0, system = 0;
    rest >> user >> system;
    const std::string name = text.substr(begin + 1, end - begin - 1);
    seconds[name] = seconds.value(name, 0.0) + (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  return seconds;
}

}  // namespace preceptor::cli
