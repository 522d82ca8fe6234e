#pragma once

#include <string_view>
#include <utility>

#include "base/format.hpp"

namespace preceptor {

enum class LogLevel { debug, info, warning, error, off };

void set_log_level(LogLevel level);

// One line on stderr: UTC time, level, message. Line breaks inside a message are written as \n, so that no
// input can forge a line. Never pass passwords, tokens or what people wrote.
void log_line(LogLevel level, std::string_view message);

template <class... Values>
void log_debug(fmt::format_string<Values...> text, Values&&... values) {
  log_line(LogLevel::debug, fmt::format(text, std::forward<Values>(values)...));
}

template <class... Values>
void log_info(fmt::format_string<Values...> text, Values&&... values) {
  log_line(LogLevel::info, fmt::format(text, std::forward<Values>(values)...));
}

template <class... Values>
void log_warning(fmt::format_string<Values...> text, Values&&... values) {
  log_line(LogLevel::warning, fmt::format(text, std::forward<Values>(values)...));
}

template <class... Values>
void log_error(fmt::format_string<Values...> text, Values&&... values) {
  log_line(LogLevel::error, fmt::format(text, std::forward<Values>(values)...));
}

}  // namespace preceptor
