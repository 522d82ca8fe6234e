#include "base/blob.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/hash.hpp"

namespace preceptor {
namespace {

TEST(LocalBlobStore, NamesContentByItsHashAndKeepsItOnce) {
  const TemporaryFolder folder;
  LocalBlobStore blobs(folder.path());
  const std::string sha256 = blobs.put("content");
  EXPECT_EQ(sha256, sha256_hex("content"));
  EXPECT_EQ(blobs.put("content"), sha256);
  const auto place = blobs.path_of(sha256);
  ASSERT_TRUE(place);
  EXPECT_EQ(*place, folder.path() / "objects" / sha256.substr(0, 2) / sha256.substr(2));
  EXPECT_EQ(read_file(*place, 100).value(), "content");
}

TEST(LocalBlobStore, TakesFilesAsWell) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "f", "content");
  LocalBlobStore blobs(folder.path() / "blobs");
  EXPECT_EQ(blobs.put_file(folder.path() / "f"), sha256_hex("content"));
  EXPECT_THROW(blobs.put_file(folder.path() / "missing"), Failure);
}

TEST(LocalBlobStore, RefusesWhatItDoesNotHoldAndWhatIsNoHash) {
  const TemporaryFolder folder;
  const LocalBlobStore blobs(folder.path());
  EXPECT_EQ(blobs.path_of(sha256_hex("other")).error().kind, ErrorKind::not_found);
  EXPECT_EQ(blobs.path_of("../../etc/passwd").error().kind, ErrorKind::invalid);
  EXPECT_EQ(blobs.path_of("").error().kind, ErrorKind::invalid);
}

TEST(LocalBlobStore, NamesWhatItHoldsAndNoTemporaries) {
  const TemporaryFolder folder;
  LocalBlobStore blobs(folder.path());
  EXPECT_TRUE(blobs.names().empty());
  const std::string one = blobs.put("content");
  write_file_atomic(folder.path() / "objects" / one.substr(0, 2) / "half-written", "con");
  EXPECT_EQ(blobs.names(), std::vector<std::string>{one});
}

TEST(LocalBlobStore, SeesWhatAnotherOneWrote) {
  const TemporaryFolder folder;
  const std::string sha256 = LocalBlobStore(folder.path()).put("content");
  EXPECT_TRUE(LocalBlobStore(folder.path()).path_of(sha256));
}

}  // namespace
}  // namespace preceptor
