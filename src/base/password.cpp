#include "base/password.hpp"

#include <sodium.h>

#include <array>

#include "base/encoding.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/sodium_ready.hpp"

namespace preceptor {

std::string hash_password(std::string_view password) {
  sodium_ready();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    throw Failure(ErrorKind::internal, "a password could not be hashed: 64 MiB of memory were not to be had");
  }
  return hash.data();
}

bool verify_password(std::string_view hash, std::string_view password) {
  sodium_ready();
  return crypto_pwhash_str_verify(std::string(hash).c_str(), password.data(), password.size()) == 0;
}

std::string random_token(std::size_t byte_count) { return base64url(secure_random(byte_count)); }

}  // namespace preceptor
