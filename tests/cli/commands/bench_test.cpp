#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.hpp"
#include "cli/bench/bench_model.hpp"
#include "cli/bench/bench_row.hpp"
#include "tests/support/program.hpp"

namespace preceptor::cli::tests {
namespace {

using nlohmann::json;

TEST(BenchCommand, MeasuresTheWorkBesideItsLimitAndWritesTheFigures) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "bench.json").string();
  const auto done = run_program({"bench", "all", "--shape", "nano", "--runs", "2", "--json", file});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json report = json::parse(*read_file(file, 1 << 20));
  std::set<std::string> names;
  for (const json& bench : report.at("benches")) {
    names.insert(bench.at("name"));
    EXPECT_EQ(bench.at("runs"), 2) << bench;
    EXPECT_GT(bench.at("min").get<double>(), 0) << bench;
    EXPECT_LE(bench.at("min"), bench.at("median")) << bench;
    EXPECT_LE(bench.at("median"), bench.at("max")) << bench;
    EXPECT_GT(bench.at("peak_rss_bytes").get<double>(), 1e6) << bench;
    EXPECT_EQ(bench.at("limit").is_null(), bench.at("name") == "load_first_token") << bench;
    EXPECT_FALSE(bench.at("work").get<std::string>().empty());
  }
  EXPECT_EQ(names, (std::set<std::string>{"train_full", "train_lora", "train_sft_mix", "dpo", "reward",
                                          "prefill_512", "decode_1", "decode_1_int8", "decode_32",
                                          "decode_64", "samples_32", "samples_64", "load_first_token"}));
}

TEST(BenchCommand, RefusesAShapeItDoesNotHave) {
  const auto done = run_program({"bench", "load", "--shape", "giant"});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("smollm2-135m"), std::string::npos) << done.err;
}

TEST(BenchRows, TheMedianLiesBetweenTheMiddleTwo) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
}

TEST(BenchLengths, AreTheQuantilesOfTheirDistribution) {
  auto lengths = bench_lengths(256, 180, 0.8);
  std::ranges::sort(lengths);
  EXPECT_NEAR(lengths[127], 180, 2);
  EXPECT_EQ(lengths.back(), 1024);
  EXPECT_GE(lengths.front(), 2);
}

TEST(BenchLengths, ComeInTheOrderOfThePeersScripts) {
  auto lengths = bench_lengths(256, 180, 0.8);
  lengths.resize(8);
  EXPECT_EQ(lengths, (std::vector<std::int32_t>{1024, 348, 94, 73, 138, 859, 503, 28}));
}

}  // namespace
}  // namespace preceptor::cli::tests
