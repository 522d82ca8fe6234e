#include "base/memory.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"

namespace preceptor {
namespace {

class Memory : public testing::Test {
protected:
  void say(const std::string& path, const std::string& content) const {
    std::filesystem::create_directories((folder.path() / path).parent_path());
    write_file_atomic(folder.path() / path, content);
  }
  TemporaryFolder folder;
};

TEST_F(Memory, IsWhatTheKernelCallsAvailable) {
  EXPECT_FALSE(available_memory_bytes(folder.path()));
  say("proc/meminfo", "MemTotal:  9000 kB\nMemFree:  10 kB\nMemAvailable:  2000 kB\n");
  EXPECT_EQ(available_memory_bytes(folder.path()), 2000U * 1024);
}

TEST_F(Memory, IsLessWhereAGroupAboveAllowsLess) {
  say("proc/meminfo", "MemAvailable:  2000 kB\n");
  say("proc/self/cgroup", "1:name=systemd:/x\n0::/team/job\n");
  say("sys/fs/cgroup/team/job/memory.max", "max\n");
  say("sys/fs/cgroup/team/job/memory.current", "5\n");
  EXPECT_EQ(available_memory_bytes(folder.path()), 2000U * 1024);
  say("sys/fs/cgroup/team/memory.max", "100000\n");
  say("sys/fs/cgroup/team/memory.current", "30000\n");
  EXPECT_EQ(available_memory_bytes(folder.path()), 70000U);
  say("sys/fs/cgroup/team/memory.current", "130000\n");
  EXPECT_EQ(available_memory_bytes(folder.path()), 0U);
}

TEST_F(Memory, IsKnownOnThisMachine) { EXPECT_GT(available_memory_bytes().value_or(0), 1U << 20); }

}  // namespace
}  // namespace preceptor
