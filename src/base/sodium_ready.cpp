#include "base/sodium_ready.hpp"

#include <sodium.h>

#include "base/result.hpp"

namespace preceptor {

void sodium_ready() {
  static const int started = sodium_init();
  if (started < 0) throw Failure(ErrorKind::internal, "libsodium could not start: no source of randomness");
}

}  // namespace preceptor
