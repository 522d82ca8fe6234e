#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.hpp"

namespace preceptor {

enum class LogFormat { text, json };
// text: "2026-11-23T06:37:16.000Z info message name=value"; json: one object a line with time, level, message
// and the fields. For all lines, with fields or without.
void set_log_format(LogFormat);

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;
void log_fields(LogLevel level, std::string_view message, LogFields fields);

}  // namespace preceptor
