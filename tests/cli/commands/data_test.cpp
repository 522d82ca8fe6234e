#include "tests/support/command_test.hpp"

namespace preceptor::cli::tests {
namespace {

using nlohmann::json;

constexpr const char* one_bad_row =
    R"({"prompt":"When?","chosen":"At noon.","rejected":"At night."}
{"prompt":"Where?","chosen":"At the pier."
{"prompt":"Why?","chosen":"To go home.","rejected":"No idea."}
)";

struct DataCommand : CommandTest {
  feedback::ProjectCounts counts(feedback::ProjectId project) const {
    const auto database = open();
    return loop::read(*database, [&](loop::Records& r) { return r.project_counts(project); });
  }
};

TEST_F(DataCommand, ChecksAFileOfRealPairs) {
  const auto done = run_program({"data", "check", fixture("hh-rlhf-5.jsonl.gz"), "--json"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  const json report = json::parse(done.out);
  EXPECT_EQ(report.at("rows"), 5);
  EXPECT_EQ(report.at("records").at("preferences"), 5);
  EXPECT_TRUE(report.at("errors").empty());
}

TEST_F(DataCommand, TellsTheLineOfEveryBadRowAndExitsWithThree) {
  const auto path = file("bad.jsonl", one_bad_row);
  const auto done = run_program({"data", "check", path});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.out.find(path + ":2: "), std::string::npos) << done.out;
  const auto as_json = run_program({"data", "check", path, "--json"});
  EXPECT_EQ(as_json.exit_code, 3);
  EXPECT_EQ(json::parse(as_json.out).at("errors")[0].at("line"), 2);
}

TEST_F(DataCommand, SaysWhatIsWrongWithAFileThatIsNone) {
  const auto missing = run_program({"data", "check", (folder.path() / "nowhere.jsonl").string()});
  EXPECT_EQ(missing.exit_code, 4) << missing.err;
  EXPECT_NE(missing.err.find("nowhere.jsonl"), std::string::npos);
  const auto shapeless = run_program({"data", "check", file("x.jsonl", "{\"a\":1}\n")});
  EXPECT_EQ(shapeless.exit_code, 3) << shapeless.err;
}

TEST_F(DataCommand, ImportsRealPairsAsComparisonsForPeople) {
  const auto project = make_project();
  const json done = json_of({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ferries"});
  EXPECT_EQ(done.at("imported"), true);
  EXPECT_EQ(done.at("prompts"), 5);
  EXPECT_EQ(done.at("responses"), 10);
  EXPECT_EQ(done.at("compare_tasks"), 5);
  EXPECT_EQ(counts(project).prompts, 5);
  EXPECT_EQ(counts(project).tasks_open, 5);
  const auto database = open();
  const auto prompt =
      loop::read(*database, [&](loop::Records& r) { return r.prompts({.project = project}).items.front(); });
  EXPECT_EQ(prompt.source, "hh-rlhf-5.jsonl");
  EXPECT_EQ(prompt.messages.front().content, "My wife loves to cook.");
}

TEST_F(DataCommand, ImportsTheSameFileOnceOnly) {
  const auto project = make_project();
  json_of({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ferries"});
  const json again = json_of({"data", "import", fixture("hh-rlhf-5.jsonl.zst"), "--project", "Ferries"});
  EXPECT_EQ(again.at("prompts"), 0);
  EXPECT_EQ(again.at("compare_tasks"), 0);
  EXPECT_EQ(counts(project).responses, 10);
}

TEST_F(DataCommand, ImportsOpenAssistantTrees) {
  const auto project = make_project();
  const json done =
      json_of({"data", "import", fixture("oasst-4-trees.jsonl"), "--project", std::to_string(project.value)});
  EXPECT_EQ(done.at("shape").get<std::string>().find("pen") != std::string::npos, true);
  EXPECT_GT(done.at("prompts"), 3);
  EXPECT_GT(done.at("responses"), 4);
  EXPECT_EQ(counts(project).prompts, done.at("prompts").get<std::int64_t>());
}

TEST_F(DataCommand, CountsWithoutImportingInADryRun) {
  const auto project = make_project();
  const json done =
      json_of({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ferries", "--dry-run"});
  EXPECT_EQ(done.at("imported"), false);
  EXPECT_EQ(done.at("records").at("preferences"), 5);
  EXPECT_EQ(counts(project).prompts, 0);
}

TEST_F(DataCommand, ImportsNothingOfAFileWithABadRow) {
  const auto project = make_project();
  const auto path = file("bad.jsonl", one_bad_row);
  const auto done = run({"data", "import", path, "--project", "Ferries"});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.out.find(path + ":2: "), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("Nothing was imported"), std::string::npos);
  EXPECT_EQ(counts(project).prompts, 0);
}

TEST_F(DataCommand, ImportsTheGoodRowsWhenToldTo) {
  const auto project = make_project();
  const json done =
      json_of({"data", "import", file("bad.jsonl", one_bad_row), "--project", "Ferries", "--keep-good"});
  EXPECT_EQ(done.at("rows_bad"), 1);
  EXPECT_EQ(done.at("prompts"), 2);
  EXPECT_EQ(counts(project).tasks_open, 2);
}

TEST_F(DataCommand, NamesTheProjectsThereAreWhenOneIsNot) {
  make_project();
  const auto done = run({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ships"});
  EXPECT_EQ(done.exit_code, 4);
  EXPECT_NE(done.err.find("There is no project Ships"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("Ferries"), std::string::npos) << done.err;
}

TEST_F(DataCommand, MakesNoWorkspaceByATypingError) {
  const auto done = run({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ferries"});
  EXPECT_EQ(done.exit_code, 4) << done.err;
  EXPECT_FALSE(std::filesystem::exists(workspace()));
}

}  // namespace
}  // namespace preceptor::cli::tests
