#pragma once

namespace preceptor {

// Initialises libsodium once, from any thread; every use of it inside base calls this first.
void sodium_ready();

}  // namespace preceptor
