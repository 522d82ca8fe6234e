#include "base/log_fields.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace preceptor {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

std::unique_ptr<spdlog::formatter> formatter(const char* pattern) {
  return std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc);
}

spdlog::logger& logger() {
  // Left alive on purpose: threads may log while the program ends.
  static spdlog::logger* const only = [] {
    auto* made = new spdlog::logger("preceptor", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_formatter(formatter("%Y-%m-%dT%H:%M:%S.%eZ %l %v"));
    return made;
  }();
  return *only;
}

std::atomic<LogFormat> format_now = LogFormat::text;

std::string json_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\r') {
      line += "\\r";
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace

void set_log_level(LogLevel level) { logger().set_level(level_of(level)); }

void set_log_format(LogFormat format) {
  format_now = format;
  logger().set_formatter(formatter(format == LogFormat::text
                                       ? "%Y-%m-%dT%H:%M:%S.%eZ %l %v"
                                       : R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"));
}

void log_line(LogLevel level, std::string_view message) { log_fields(level, message, {}); }

void log_fields(LogLevel level, std::string_view message, LogFields fields) {
  if (!logger().should_log(level_of(level))) return;
  std::string text;
  if (format_now == LogFormat::json) {
    text = "\"message\":" + json_quoted(message);
    for (const auto& [name, value] : fields) text += "," + json_quoted(name) + ":" + json_quoted(value);
  } else {
    text = on_one_line(message);
    for (const auto& [name, value] : fields) {
      text += " ";
      text += name;
      text += "=" + on_one_line(value);
    }
  }
  logger().log(level_of(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace preceptor
