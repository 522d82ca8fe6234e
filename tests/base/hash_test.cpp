#include "base/hash.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/password.hpp"

namespace preceptor {
namespace {

TEST(Sha256, MatchesTheStandardsExamples) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, DoesNotCareHowTheInputIsCut) {
  Sha256 hash;
  hash.add("a");
  hash.add("");
  hash.add("bc");
  EXPECT_EQ(hash.hex(), sha256_hex("abc"));
  hash.add("abc");
  EXPECT_EQ(hash.hex(), sha256_hex("abc")) << "starts anew after hex()";
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "empty", "");
  write_file_atomic(folder.path() / "abc", "abc");
  EXPECT_EQ(sha256_file(folder.path() / "empty"), sha256_hex(""));
  EXPECT_EQ(sha256_file(folder.path() / "abc"), sha256_hex("abc"));
  EXPECT_THROW(sha256_file(folder.path() / "missing"), Failure);
}

TEST(Xxh3, IsTheSameEverywhere) { EXPECT_EQ(xxh3(""), 0x2d06800538d394c2ULL); }

TEST(Password, IsVerifiedAgainstItsHashOnly) {
  const std::string hash = hash_password("correct horse");
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_TRUE(verify_password(hash, "correct horse"));
  EXPECT_FALSE(verify_password(hash, "correct horsf"));
  EXPECT_FALSE(verify_password(hash, ""));
  EXPECT_FALSE(verify_password("not a hash", "correct horse"));
}

TEST(Password, IsSaltedAnewEachTime) { EXPECT_NE(hash_password("same"), hash_password("same")); }

TEST(Token, IsLongUniqueAndSafeInAUrl) {
  const std::string token = random_token();
  EXPECT_EQ(token.size(), 43U);
  EXPECT_NE(token, random_token());
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
}

}  // namespace
}  // namespace preceptor
