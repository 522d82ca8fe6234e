#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "cli/bench/server/load_plan.hpp"
#include "cli/bench/server/plain_connection.hpp"
#include "tests/support/program.hpp"

namespace preceptor::cli::tests {
namespace {

using nlohmann::json;

TEST(BenchServer, DrivesTheServerAndCountsInTheDatabaseWhatCameOfIt) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "bench.json").string();
  const auto done =
      run_program({"bench", "server", "--runs", "2", "--seconds", "0.3", "--scale", "0.0002", "--clients",
                   "4", "--only", "start", "judging", "tasks", "lists", "--json", file});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json report = json::parse(*read_file(file, 1 << 20));
  ASSERT_EQ(report.at("rows").size(), 2);
  for (const json& row : report.at("rows")) {
    EXPECT_EQ(row.at("database"), "sqlite");
    EXPECT_EQ(row.at("servers"), 1);
    EXPECT_EQ(row.at("errors"), 0) << done.err;
    EXPECT_EQ(row.at("lost"), 0);
    EXPECT_EQ(row.at("overserved"), 0);
    EXPECT_GT(row.at("judgments").get<int>(), 0);
    for (const std::string figure :
         {"judgments_per_second", "submit_p50_ms", "submit_p99_ms", "next_p50_ms", "next_p99_ms"}) {
      EXPECT_GT(row.at("min").at(figure).get<double>(), 0) << figure;
      EXPECT_LE(row.at("min").at(figure).get<double>(), row.at(figure).get<double>()) << figure;
      EXPECT_LE(row.at(figure).get<double>(), row.at("max").at(figure).get<double>()) << figure;
    }
  }
  EXPECT_GT(report.at("start").at("start_ms").get<double>(), 0);
  EXPECT_GT(report.at("start").at("idle_rss_bytes").get<double>(), 1e6);
  EXPECT_EQ(report.at("lists").at("judgments"), 2000);
  for (const json& query : report.at("lists").at("queries"))
    EXPECT_LE(query.at("median_ms").get<double>(), query.at("max_ms").get<double>()) << query;
}

TEST(BenchServer, RefusesACaseItDoesNotHave) {
  EXPECT_EQ(run_program({"bench", "server", "--only", "flying"}).exit_code, 2);
  EXPECT_EQ(run_program({"bench", "server", "--only", "train_full"}).exit_code, 2);
  EXPECT_EQ(run_program({"bench", "train", "--only", "postgresql"}).exit_code, 2);
}

TEST(BenchServer, FindsAFieldOfJsonWithoutReadingAllOfIt) {
  const std::string text = R"({"token_count":3,"lease":{"token":"abc","id":12},"last":null})";
  EXPECT_EQ(json_field(text, "token"), "abc");
  EXPECT_EQ(json_field(text, "id"), "12");
  EXPECT_EQ(json_field(text, "last"), "null");
  EXPECT_EQ(json_field(text, "none"), "");
}

TEST(BenchServer, AQuantileIsAValueThatWasSeen) {
  EXPECT_EQ(quantile({3, 1, 2}, .5), 2);
  EXPECT_EQ(quantile({3, 1, 2}, .99), 2);
  EXPECT_EQ(quantile({}, .5), 0);
}

}  // namespace
}  // namespace preceptor::cli::tests
