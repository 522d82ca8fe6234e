#include "cli/command.hpp"

#include <nlohmann/json.hpp>

#include "base/format.hpp"

namespace preceptor::cli {

int exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
    case ErrorKind::unsupported:
    case ErrorKind::too_large:
    case ErrorKind::corrupt: return 3;
    case ErrorKind::not_found:
    case ErrorKind::gone: return 4;
    case ErrorKind::unauthenticated:
    case ErrorKind::forbidden:
    case ErrorKind::conflict: return 5;
    case ErrorKind::out_of_space: return 6;
    case ErrorKind::unavailable:
    case ErrorKind::rate_limited: return 7;
    case ErrorKind::cancelled: return 130;
    case ErrorKind::internal: return 1;
  }
  return 1;
}

void print_json(const nlohmann::json& value) { fmt::print("{}\n", value.dump(2)); }

}  // namespace preceptor::cli
