#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace preceptor {

// What went wrong, free of any protocol. The server maps each kind to one HTTP status, the program to an exit
// code.
enum class ErrorKind {
  invalid,          // the input breaks a rule that its sender can read
  unauthenticated,  // nobody is signed in
  forbidden,        // somebody is, without the right
  not_found,
  conflict,  // the state has moved on; reload and decide again
  gone,      // it was here and will not come back
  too_large,
  unsupported,
  rate_limited,
  corrupt,  // stored or received bytes are damaged
  out_of_space,
  unavailable,  // a service or file that should answer does not; trying later may help
  cancelled,
  internal
};

std::string_view name_of(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;  // what happened
  std::string hint;     // what to do about it; may be empty
  std::string where;    // file:line, JSON pointer, address; may be empty

  // One line for people: "where: message (hint)".
  std::string text() const;
};

// An expected refusal is a value.
template <class T>
using Result = tl::expected<T, Error>;

tl::unexpected<Error> refuse(ErrorKind kind, std::string message, std::string hint = {},
                             std::string where = {});

// A failure (a full disk, a broken invariant of the machine) is thrown.
struct Failure : std::runtime_error {
  explicit Failure(Error what_happened);
  Failure(ErrorKind kind, std::string message, std::string hint = {}, std::string where = {});
  Error error;
};

}  // namespace preceptor
