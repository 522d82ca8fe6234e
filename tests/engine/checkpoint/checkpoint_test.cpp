#include "engine/checkpoint/checkpoint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/file.hpp"
#include "engine/checkpoint/checkpoint_files.hpp"
#include "tests/checkpoint/tiny_run.hpp"
#include "tests/formats/raw_safetensors.hpp"

namespace preceptor::engine {
namespace {

namespace fs = std::filesystem;

class Checkpoint : public testing::Test {
protected:
  TemporaryFolder root_;
  fs::path folder_ = root_.path() / "checkpoint";
};

TEST_F(Checkpoint, FiveStepsSavedAndResumedInAFreshObjectEqualTenStepsBitForBit) {
  TinyRun straight;
  straight.steps_until(10);

  TinyRun first;
  first.steps_until(5);
  first.save(folder_);
  TinyRun second;
  ASSERT_TRUE(second.load(folder_).has_value());
  EXPECT_TRUE(same_bits(first, second));
  second.steps_until(10);
  EXPECT_TRUE(same_bits(straight, second));
  EXPECT_FALSE(same_bits(straight, first));
}

TEST_F(Checkpoint, ANewOneReplacesTheOldOne) {
  TinyRun run;
  run.save(folder_);
  run.steps_until(2);
  run.save(folder_);
  TinyRun loaded;
  ASSERT_TRUE(loaded.load(folder_).has_value());
  EXPECT_TRUE(same_bits(run, loaded));
  EXPECT_EQ(std::distance(fs::directory_iterator(root_.path()), fs::directory_iterator()), 1);
}

TEST_F(Checkpoint, AnyDamagedByteIsNoticedAndNothingIsLoaded) {
  TinyRun run;
  run.steps_until(2);
  run.save(folder_);
  const TinyRun untouched;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    const auto good = read_file(entry.path(), 1 << 24);
    ASSERT_TRUE(good.has_value());
    for (const std::size_t position :
         {std::size_t{0}, good->size() / 3, good->size() / 2, good->size() - 1}) {
      std::string bad = *good;
      bad[position] = static_cast<char>(bad[position] ^ 1);
      write_bytes(entry.path(), bad);
      TinyRun loaded;
      const auto refused = loaded.load(folder_);
      ASSERT_FALSE(refused.has_value()) << entry.path() << " byte " << position;
      EXPECT_EQ(refused.error().kind, ErrorKind::corrupt);
      EXPECT_NE(refused.error().where.find(entry.path().filename().string()), std::string::npos);
      EXPECT_TRUE(same_bits(loaded, untouched));
    }
    write_bytes(entry.path(), *good);
  }
}

TEST_F(Checkpoint, TruncatedAndMissingFilesAreRefused) {
  TinyRun run;
  run.save(folder_);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    const auto good = read_file(entry.path(), 1 << 24);
    ASSERT_TRUE(good.has_value());
    for (const std::size_t size : {std::size_t{0}, std::size_t{7}, good->size() / 2, good->size() - 1}) {
      write_bytes(entry.path(), good->substr(0, size));
      EXPECT_FALSE(TinyRun().load(folder_).has_value()) << entry.path() << " of " << size;
    }
    fs::remove(entry.path());
    EXPECT_FALSE(TinyRun().load(folder_).has_value()) << entry.path();
    write_bytes(entry.path(), *good);
  }
  EXPECT_TRUE(TinyRun().load(folder_).has_value());
}

TEST_F(Checkpoint, AFolderThatIsNotThereIsNotFound) {
  const auto loaded = TinyRun().load(root_.path() / "absent");
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().kind, ErrorKind::not_found) << loaded.error().text();
}

TEST_F(Checkpoint, AnotherModelOrOptimiserIsRefused) {
  TinyRun run;
  run.save(folder_);
  ModelConfig wider = TinyRun::config();
  wider.hidden_size = 32;
  Parameters other(wider);
  AdamW other_optimiser(other, run.optimiser.options());
  EXPECT_EQ(load_checkpoint(folder_, other, other_optimiser).error().kind, ErrorKind::conflict);
  AdamW hasty(run.parameters, {.beta1 = 0.5F});
  EXPECT_EQ(load_checkpoint(folder_, run.parameters, hasty).error().kind, ErrorKind::conflict);
}

TEST_F(Checkpoint, AnyCursorComesBackByteForByte) {
  TinyRun run;
  run.state.cursor_json = "{ \"files\" : [\"a\\n\", \"é\"],\n \"line\":   12345678901234567890 }";
  run.save(folder_);
  TinyRun loaded;
  ASSERT_TRUE(loaded.load(folder_).has_value());
  EXPECT_EQ(loaded.state.cursor_json, run.state.cursor_json);
}

TEST_F(Checkpoint, ARecordThatNoRunCanHaveWrittenIsCorrupt) {
  TinyRun run;
  run.save(folder_);
  const auto good = read_record(folder_);
  ASSERT_TRUE(good.has_value());
  auto before_the_first_step = *good;
  before_the_first_step.state.step = -1;
  auto optimiser_before_its_first = *good;
  optimiser_before_its_first.optimiser_step_count = -1;
  auto stuck = *good;
  stuck.state.random = Random::from_state({0, 0, 0, 0});
  for (const auto& record : {before_the_first_step, optimiser_before_its_first, stuck}) {
    write_record(folder_, record);
    const auto refused = TinyRun().load(folder_);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::corrupt) << refused.error().text();
  }
}

}  // namespace
}  // namespace preceptor::engine
