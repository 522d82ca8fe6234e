#include "server/device.hpp"

#include <array>
#include <utility>

namespace preceptor::server {

namespace {

constexpr std::size_t length_max = 80;

using Sign = std::pair<std::string_view, std::string_view>;  // what stands in the header → what we say

// The first that fits counts: Edge and Opera say Chrome as well, and Chrome says Safari.
constexpr std::array<Sign, 7> browsers{{{"Edg", "Edge"},
                                        {"OPR/", "Opera"},
                                        {"Firefox/", "Firefox"},
                                        {"FxiOS/", "Firefox"},
                                        {"Chrome/", "Chrome"},
                                        {"CriOS/", "Chrome"},
                                        {"Safari/", "Safari"}}};
constexpr std::array<Sign, 7> systems{{{"iPhone", "iPhone"},
                                       {"iPad", "iPad"},
                                       {"Android", "Android"},
                                       {"Windows", "Windows"},
                                       {"Mac OS X", "macOS"},
                                       {"CrOS", "ChromeOS"},
                                       {"Linux", "Linux"}}};

template <std::size_t n>
std::string_view found_in(std::string_view text, const std::array<Sign, n>& signs) {
  for (const auto& [sign, name] : signs) {
    if (text.find(sign) != std::string_view::npos) return name;
  }
  return {};
}

}  // namespace

std::string device_of(std::string_view user_agent) {
  const auto browser = found_in(user_agent, browsers);
  const auto system = found_in(user_agent, systems);
  if (!browser.empty()) return std::string(browser) + (system.empty() ? "" : " on " + std::string(system));
  std::string word;
  for (const char c : user_agent.substr(0, user_agent.find(' '))) {
    if (c > 32 && c < 127 && word.size() < length_max) word += c;
  }
  return word;
}

}  // namespace preceptor::server
