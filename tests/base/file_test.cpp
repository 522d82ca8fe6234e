#include "base/file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <iterator>

namespace preceptor {
namespace {
namespace fs = std::filesystem;

std::ptrdiff_t file_count(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

// Files of this process may not grow beyond a limit: what a full disk looks like to a writer.
class FullDisk {
public:
  explicit FullDisk(rlim_t bytes_max) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit small{bytes_max, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST(ReadFile, ReturnsEveryByte) {
  const TemporaryFolder folder;
  const std::string content("a\0b\r\n", 5);
  write_file_atomic(folder.path() / "f", content);
  EXPECT_EQ(read_file(folder.path() / "f", 5).value(), content);
}

TEST(ReadFile, RefusesMissingTooLargeAndFolders) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "f", "123456");
  EXPECT_EQ(read_file(folder.path() / "missing", 10).error().kind, ErrorKind::not_found);
  EXPECT_EQ(read_file(folder.path() / "f", 5).error().kind, ErrorKind::too_large);
  EXPECT_EQ(read_file(folder.path(), 10).error().kind, ErrorKind::invalid);
}

TEST(WriteFileAtomic, ReplacesTheWholeFileAndLeavesNothingElse) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "f", "old and long");
  write_file_atomic(folder.path() / "f", "new");
  EXPECT_EQ(read_file(folder.path() / "f", 100).value(), "new");
  EXPECT_EQ(file_count(folder.path()), 1);
}

TEST(WriteFileAtomic, KeepsTheOldFileWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "f", "old");
  {
    const FullDisk full(1000);
    try {
      write_file_atomic(folder.path() / "f", std::string(5000, 'x'));
      FAIL() << "a full disk went unnoticed";
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.error.kind, ErrorKind::out_of_space);
      EXPECT_FALSE(failure.error.hint.empty());
    }
  }
  EXPECT_EQ(read_file(folder.path() / "f", 100).value(), "old");
  EXPECT_EQ(file_count(folder.path()), 1) << "the temporary is gone";
}

TEST(WriteFileAtomic, FailsWhenTheFolderIsMissing) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_file_atomic(folder.path() / "no" / "f", "x"), Failure);
}

TEST(AtomicFile, IsNotThereWithoutACommit) {
  const TemporaryFolder folder;
  { AtomicFile(folder.path() / "f").write("half"); }
  EXPECT_EQ(file_count(folder.path()), 0);
}

TEST(TemporaryFolder, IsGoneWithAllItHolds) {
  fs::path path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    fs::create_directories(path / "a" / "b");
    write_file_atomic(path / "a" / "b" / "f", "x");
    EXPECT_TRUE(fs::exists(path / "a" / "b" / "f"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(MappedFile, ShowsTheBytesAndSurvivesAMove) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "f", "abc");
  auto opened = MappedFile::open(folder.path() / "f");
  ASSERT_TRUE(opened);
  MappedFile file = std::move(*opened);
  ASSERT_EQ(file.bytes().size(), 3U);
  EXPECT_EQ(file.bytes()[2], std::byte{'c'});
}

TEST(MappedFile, OpensAnEmptyFileAndRefusesAMissingOne) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "empty", "");
  EXPECT_TRUE(MappedFile::open(folder.path() / "empty")->bytes().empty());
  EXPECT_EQ(MappedFile::open(folder.path() / "missing").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace preceptor
