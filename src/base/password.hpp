#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace preceptor {

// Argon2id with its salt and cost in the text (libsodium's interactive cost: 64 MiB, about a tenth of a
// second).
std::string hash_password(std::string_view password);
// False as well when the hash is not one.
bool verify_password(std::string_view hash, std::string_view password);
// Unguessable, base64url.
std::string random_token(std::size_t byte_count = 32);

}  // namespace preceptor
