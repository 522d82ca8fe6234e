// What happens to the last good checkpoint when the process dies or the disk is full.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/file.hpp"
#include "tests/checkpoint/tiny_run.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;

// A run of `step` steps without interruption; kept, since tests ask for growing numbers.
const TinyRun& straight_run(std::int64_t step) {
  static auto run = std::make_unique<TinyRun>();
  if (run->state.step > step) run = std::make_unique<TinyRun>();
  run->steps_until(step);
  return *run;
}

// Files beyond the limit cannot be written while this lives.
class FileSizeLimit {
public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    previous_ = ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, previous_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
  rlimit before_{};
  void (*previous_)(int) = nullptr;
};

// A file system with little room; where mounting is not allowed, little room for each file.
class SmallDisk {
public:
  explicit SmallDisk(std::size_t bytes) {
    const std::string size = "size=" + std::to_string(bytes);
    mounted_ = ::mount("tmpfs", root_.path().c_str(), "tmpfs", 0, size.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(root_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const fs::path& path() const { return root_.path(); }
  // A mounted one is full by its size.
  void fill() {
    if (!mounted_) limit_ = std::make_unique<FileSizeLimit>(1000);
  }

private:
  TemporaryFolder root_;
  bool mounted_ = false;
  std::unique_ptr<FileSizeLimit> limit_;
};

void expect_save_fails_for_want_of_space(TinyRun& run, const fs::path& folder) {
  try {
    run.save(folder);
    ADD_FAILURE() << "the checkpoint was written";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error.kind, ErrorKind::out_of_space) << failure.error.text();
  }
}

TEST(CheckpointCrash, AFullDiskLeavesTheLastGoodOne) {
  const std::size_t one_checkpoint = 3 * TinyRun().parameters.count() * sizeof(float);
  SmallDisk disk(one_checkpoint * 3 / 2);
  const fs::path folder = disk.path() / "checkpoint";
  TinyRun run;
  run.steps_until(3);
  run.save(folder);
  run.steps_until(4);
  disk.fill();
  expect_save_fails_for_want_of_space(run, folder);

  TinyRun resumed;
  ASSERT_TRUE(resumed.load(folder).has_value());
  EXPECT_TRUE(same_bits(resumed, straight_run(3)));
  EXPECT_EQ(std::distance(fs::directory_iterator(disk.path()), fs::directory_iterator()), 1)
      << "the unfinished checkpoint still takes room";
}

TEST(CheckpointCrash, AFileSizeLimitAtAnyPointLeavesTheLastGoodOne) {
  const TemporaryFolder root;
  const fs::path folder = root.path() / "checkpoint";
  TinyRun run;
  run.steps_until(3);
  run.save(folder);
  run.steps_until(4);
  for (const rlim_t bytes : {rlim_t{0}, rlim_t{100}, rlim_t{5000}, rlim_t{12000}}) {
    {
      const FileSizeLimit limit(bytes);
      expect_save_fails_for_want_of_space(run, folder);
    }
    TinyRun resumed;
    ASSERT_TRUE(resumed.load(folder).has_value());
    EXPECT_TRUE(same_bits(resumed, straight_run(3)));
  }
  run.save(folder);
  TinyRun resumed;
  ASSERT_TRUE(resumed.load(folder).has_value());
  EXPECT_EQ(resumed.state.step, 4);
}

constexpr const char* folder_variable = "PRECEPTOR_CRASH_TEST_FOLDER";

// Resumes, trains and saves after every step until a thread kills the process without warning.
[[noreturn]] void train_until_killed(const fs::path& folder, std::chrono::microseconds after) {
  TinyRun run;
  if (!run.load(folder)) std::_Exit(3);
  const std::int64_t before = run.state.step;
  run.step();
  run.save(folder);
  std::thread([after] {
    std::this_thread::sleep_for(after);
    ::kill(::getpid(), SIGKILL);
  }).detach();
  while (run.state.step < before + 1'000'000) {
    run.step();
    run.save(folder);
  }
  std::_Exit(4);
}

TEST(CheckpointCrash, AProcessKilledAtAnyMomentResumesToTheSameBits) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";  // the child starts anew, as after a real crash
  const TemporaryFolder root;
  // The child runs this test from its beginning and must find the parent's folder, not one of its own.
  if (std::getenv(folder_variable) == nullptr)
    ::setenv(folder_variable, (root.path() / "checkpoint").c_str(), 1);
  const fs::path folder = std::getenv(folder_variable);
  if (!fs::exists(folder)) TinyRun().save(folder);

  std::int64_t step = 0;
  for (const int after_us : {0, 1000, 2500, 4000, 7000}) {
    EXPECT_EXIT(train_until_killed(folder, std::chrono::microseconds(after_us)),
                testing::KilledBySignal(SIGKILL), "");
    TinyRun resumed;
    const auto loaded = resumed.load(folder);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
    EXPECT_GT(resumed.state.step, step);
    step = resumed.state.step;
    EXPECT_TRUE(same_bits(resumed, straight_run(step))) << step;
  }
  ::unsetenv(folder_variable);
}

}  // namespace
}  // namespace preceptor::engine
