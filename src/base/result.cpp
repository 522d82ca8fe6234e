#include "base/result.hpp"

#include <utility>

namespace preceptor {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::unauthenticated: return "unauthenticated";
    case ErrorKind::forbidden: return "forbidden";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::gone: return "gone";
    case ErrorKind::too_large: return "too_large";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::rate_limited: return "rate_limited";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::out_of_space: return "out_of_space";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

std::string Error::text() const {
  std::string line = where.empty() ? message : where + ": " + message;
  if (!hint.empty()) line += " (" + hint + ")";
  return line;
}

tl::unexpected<Error> refuse(ErrorKind kind, std::string message, std::string hint, std::string where) {
  return tl::unexpected<Error>(Error{kind, std::move(message), std::move(hint), std::move(where)});
}

Failure::Failure(Error what_happened)
    : std::runtime_error(what_happened.text()), error(std::move(what_happened)) {}

Failure::Failure(ErrorKind kind, std::string message, std::string hint, std::string where)
    : Failure(Error{kind, std::move(message), std::move(hint), std::move(where)}) {}

}  // namespace preceptor
