#include "engine/kernels/threads.hpp"

#include <gtest/gtest.h>
#include <omp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace preceptor::engine {
namespace {

TEST(ThreadScope, SetsTheThreadsAndPutsThemBack) {
  const int before = omp_get_max_threads();
  {
    const ThreadScope outer(3);
    EXPECT_EQ(omp_get_max_threads(), 3);
    const ThreadScope inner(0);
    EXPECT_EQ(omp_get_max_threads(), hardware_threads());
  }
  EXPECT_EQ(omp_get_max_threads(), before);
}

// The child starts itself anew as a run that only lists this test; it would exit with 7 if nothing started.
TEST(PassiveWaits, StartTheProgramAnewOnceWithItsArguments) {
  const pid_t child = fork();
  if (child == 0) {
    unsetenv("OMP_WAIT_POLICY");
    std::string program = "test_engine", list = "--gtest_list_tests",
                filter = "--gtest_filter=PassiveWaits.*";
    char* arguments[] = {program.data(), list.data(), filter.data(), nullptr};
    wait_briefly(arguments);
    _exit(7);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(PassiveWaits, LeaveAChosenPolicyAlone) {
  const char* before = std::getenv("OMP_WAIT_POLICY");
  const std::string kept = before == nullptr ? "" : before;
  setenv("OMP_WAIT_POLICY", "active", 1);
  char* none[] = {nullptr};
  wait_briefly(none);
  EXPECT_STREQ(std::getenv("OMP_WAIT_POLICY"), "active");
  before == nullptr ? unsetenv("OMP_WAIT_POLICY") : setenv("OMP_WAIT_POLICY", kept.c_str(), 1);
}

}  // namespace
}  // namespace preceptor::engine
