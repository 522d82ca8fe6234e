#include "base/hash.hpp"

#include <sodium.h>
#include <xxhash.h>

#include <array>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/sodium_ready.hpp"

namespace preceptor {

struct Sha256::State {
  crypto_hash_sha256_state hash;
  State() {
    sodium_ready();
    crypto_hash_sha256_init(&hash);
  }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::span<const std::byte> bytes) {
  crypto_hash_sha256_update(&state_->hash, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
}

void Sha256::add(std::string_view text) { add(std::as_bytes(std::span(text))); }

std::string Sha256::hex() {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256_final(&state_->hash, digest.data());
  crypto_hash_sha256_init(&state_->hash);
  return preceptor::hex(std::as_bytes(std::span(digest)));
}

std::string sha256_hex(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex();
}

std::string sha256_file(const std::filesystem::path& path) {
  auto file = MappedFile::open(path);
  if (!file) throw Failure(file.error());
  Sha256 hash;
  hash.add(file->bytes());
  return hash.hex();
}

std::uint64_t xxh3(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}  // namespace preceptor
