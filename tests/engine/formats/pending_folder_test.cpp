#include "engine/formats/pending_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) { return read_file(path, 1000).value_or("nothing"); }

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(PendingFolder, NothingIsSeenBeforeTheCommit) {
  const TemporaryFolder root;
  const fs::path target = root.path() / "model";
  PendingFolder pending(target);
  write_file_atomic(pending.path() / "a", "1");
  EXPECT_FALSE(fs::exists(target));
  pending.commit();
  EXPECT_EQ(content_of(target / "a"), "1");
  EXPECT_EQ(entries_in(root.path()), 1U);
}

TEST(PendingFolder, ReplacesAWholeFolderAndLeavesNothingOfTheOldOne) {
  const TemporaryFolder root;
  const fs::path target = root.path() / "model";
  fs::create_directories(target / "nested");
  write_file_atomic(target / "old", "old");
  PendingFolder pending(target.string() + "/");
  write_file_atomic(pending.path() / "new", "new");
  EXPECT_EQ(content_of(target / "old"), "old");
  pending.commit();
  EXPECT_EQ(content_of(target / "new"), "new");
  EXPECT_EQ(entries_in(target), 1U);
  EXPECT_EQ(entries_in(root.path()), 1U);
}

TEST(PendingFolder, WithoutACommitTheTargetStaysAndTheWorkIsRemoved) {
  const TemporaryFolder root;
  const fs::path target = root.path() / "model";
  fs::create_directories(target);
  write_file_atomic(target / "old", "old");
  {
    const PendingFolder pending(target);
    write_file_atomic(pending.path() / "new", "new");
  }
  EXPECT_EQ(content_of(target / "old"), "old");
  EXPECT_EQ(entries_in(root.path()), 1U);
}

TEST(PendingFolder, WhatADeadProcessLeftIsCleared) {
  const TemporaryFolder root;
  fs::create_directories(root.path() / ".model.partial");
  write_file_atomic(root.path() / ".model.partial" / "half", "half");
  PendingFolder pending(root.path() / "model");
  EXPECT_EQ(entries_in(pending.path()), 0U);
  pending.commit();
  EXPECT_EQ(entries_in(root.path()), 1U);
}

TEST(PendingFolder, AFolderThatCannotBeMadeIsAFailure) {
  const TemporaryFolder root;
  write_file_atomic(root.path() / "file", "not a folder");
  EXPECT_THROW(PendingFolder(root.path() / "file" / "model"), Failure);
}

}  // namespace
}  // namespace preceptor::engine
