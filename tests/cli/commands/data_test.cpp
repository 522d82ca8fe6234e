#include <sstream>

#include "feedback/accounts.hpp"
#include "feedback/content.hpp"
#include "feedback/submit.hpp"
#include "feedback/work.hpp"
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

  // Trainers who find the first answer of each pair clearly better, and write one of their own where asked.
  void judge_all(feedback::ProjectId project, int trainers) const {
    const auto database = open();
    for (int i = 0; i < trainers; ++i) {
      feedback::Actor trainer;
      loop::write(*database, [&](loop::Records& r) {
        const feedback::PreparedPerson someone{
            .person = {.login = "secret.login" + std::to_string(i), .name = "Secret Name"},
            .password_hash = "unusable"};
        trainer.person = feedback::create_person_locally(r, someone, clock).value().id;
        r.put_role(project, trainer.person, feedback::Role::trainer);
      });
      while (judge_one(*database, project, trainer)) {}
    }
  }
  bool judge_one(store::Database& database, feedback::ProjectId project,
                 const feedback::Actor& trainer) const {
    return loop::write(database, [&](loop::Records& r) {
      const auto next = feedback::claim_next(r, trainer, project, {}, clock).value();
      if (!next) return false;
      const json payload = next->kind == feedback::TaskKind::write
                               ? json{{"text", "An ideal answer."}, {"note", ""}}
                               : json{{"outcome", "better"},
                                      {"better", r.task(next->task)->responses.front().value},
                                      {"strength", "clearly"}};
      return feedback::submit(
                 r, trainer,
                 {.task = next->task, .lease_token = next->lease_token, .payload = payload.dump()}, clock)
          .has_value();
    });
  }
  void add_write_task(feedback::ProjectId project, feedback::Split split = feedback::Split::train) const {
    const auto database = open();
    loop::write(*database, [&](loop::Records& r) {
      const feedback::Prompt prompt{.messages = {{"user", "Write to me."}}, .split = split};
      const auto ids = feedback::record_prompts(r, project, {&prompt, 1}, clock).value();
      const feedback::Task task{.kind = feedback::TaskKind::write, .prompt = ids.front(), .overlap = 1};
      feedback::record_tasks(r, project, {&task, 1}, clock).value();
    });
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
  EXPECT_NE(shapeless.out.find("What can be read: JSON lines"), std::string::npos) << shapeless.out;
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

TEST_F(DataCommand, ADryRunCountsWhatIsNewAndNamesAWrongProject) {
  make_project();
  const std::vector<std::string> words = {"data",      "import",  fixture("hh-rlhf-5.jsonl"),
                                          "--project", "Ferries", "--dry-run"};
  json done = json_of(words);
  EXPECT_EQ(done.at("prompts"), 5);
  EXPECT_EQ(done.at("compare_tasks"), 5);
  EXPECT_EQ(done.at("prompts_known"), 0);
  json_of({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ferries"});
  done = json_of(words);
  EXPECT_EQ(done.at("prompts"), 0);
  EXPECT_EQ(done.at("prompts_known"), 5);
  const auto wrong = run({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ships", "--dry-run"});
  EXPECT_EQ(wrong.exit_code, 4) << wrong.err;
  EXPECT_NE(wrong.err.find("Ferries"), std::string::npos) << wrong.err;
}

TEST_F(DataCommand, ADryRunWithoutAWorkspaceCountsTheFileAndMakesNone) {
  const auto done = run({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ferries", "--dry-run"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("5 preferences"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("only the file was counted"), std::string::npos) << done.out;
  EXPECT_FALSE(std::filesystem::exists(workspace()));
}

TEST_F(DataCommand, TellsWhetherLengthGivesThePreferredAnswerAway) {
  const auto path = file("pairs.jsonl",
                         R"({"prompt":"When?","chosen":"At noon, I think.","rejected":"Noon."}
{"prompt":"When?","chosen":"At noon, I think.","rejected":"Noon."}
{"prompt":"When?","chosen":"Noon.","rejected":"At noon, I think."}
{"prompt":"Où?","chosen":"Là-bas, près du quai.","rejected":"Là."}
)");
  const auto done = run_program({"data", "stats", path, "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json stats = json::parse(done.out);
  const json& pairs = stats.at("preferences");
  EXPECT_EQ(pairs.at("pairs"), 4);
  EXPECT_EQ(pairs.at("prompts"), 2);
  EXPECT_EQ(pairs.at("repeated"), 1);
  EXPECT_EQ(pairs.at("contradictory"), 1);
  EXPECT_EQ(pairs.at("chosen_longer_share"), 0.75);
  EXPECT_EQ(pairs.at("prompt_characters").at("least"), 3) << "characters, not bytes";
  EXPECT_EQ(pairs.at("chosen_characters").at("most"), 21);
  EXPECT_FALSE(stats.contains("demonstrations"));
  const auto words = run_program({"data", "stats", path});
  EXPECT_NE(words.out.find("4 pairs of 2 prompts, 1 repeated, 1 the other way round"), std::string::npos)
      << words.out;
}

TEST_F(DataCommand, ShowsTheSizesOfRealPairsAndTrees) {
  const json pairs = json::parse(run_program({"data", "stats", fixture("hh-rlhf-5.jsonl.gz"), "--json"}).out);
  EXPECT_EQ(pairs.at("preferences").at("pairs"), 5);
  EXPECT_GT(pairs.at("preferences").at("prompt_characters").at("median"), 0);
  const json trees =
      json::parse(run_program({"data", "stats", fixture("oasst-4-trees.jsonl"), "--json"}).out);
  EXPECT_GT(trees.at("demonstrations").at("rows"), 0);
  const auto bad = run_program({"data", "stats", file("bad.jsonl", one_bad_row)});
  EXPECT_EQ(bad.exit_code, 0) << bad.err;
  EXPECT_NE(bad.out.find("1 bad rows are not counted in"), std::string::npos) << bad.out;
}

TEST_F(DataCommand, ExportsWhatPeoplePreferAndNobodysName) {
  const auto project = make_project();
  json_of({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ferries"});
  judge_all(project, 3);
  const auto out = (folder.path() / "preferences.jsonl").string();
  const json done = json_of({"data", "export", out, "--project", "Ferries", "--kind", "preferences"});
  EXPECT_EQ(done.at("rows"), 5);
  const std::string text = read_file(out, 1 << 20).value();
  EXPECT_EQ(text.find("ecret"), std::string::npos) << "a name left with the data";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const json row = json::parse(line);
    EXPECT_EQ(row.size(), 5U) << line;
    EXPECT_EQ(row.at("prompt").back().at("role"), "user");
    EXPECT_EQ(row.at("chosen")[0].at("role"), "assistant");
    EXPECT_GT(row.at("probability"), 0.5);
  }
  // Read back by the same program: what was preferred in the file is preferred again.
  const json again = json::parse(run_program({"data", "check", out, "--json"}).out);
  EXPECT_EQ(again.at("records").at("preferences"), 5);
  EXPECT_TRUE(again.at("errors").empty());
  const auto twice = run({"data", "export", out, "--project", "Ferries", "--kind", "preferences"});
  EXPECT_EQ(twice.exit_code, 5) << twice.err;
  EXPECT_EQ(read_file(out, 1 << 20).value(), text);
}

TEST_F(DataCommand, ExportsDemonstrationsButNoneOfTheEvaluation) {
  const auto project = make_project();
  add_write_task(project);
  add_write_task(project, feedback::Split::evaluation);
  judge_all(project, 1);
  const auto out = (folder.path() / "demonstrations.jsonl").string();
  const json done = json_of({"data", "export", out, "--project", "Ferries", "--kind", "demonstrations"});
  EXPECT_EQ(done.at("rows"), 1);
  const json row = json::parse(read_file(out, 1 << 20).value());
  EXPECT_EQ(row.at("messages").back().at("content"), "An ideal answer.");
  EXPECT_EQ(row.size(), 2U) << row.dump();
}

TEST_F(DataCommand, ExportsNoEmptyFile) {
  make_project();
  const auto out = (folder.path() / "none.jsonl").string();
  const auto none = run({"data", "export", out, "--project", "Ferries", "--kind", "preferences"});
  EXPECT_EQ(none.exit_code, 4) << none.err;
  EXPECT_NE(none.err.find("no preferences yet"), std::string::npos) << none.err;
  EXPECT_FALSE(std::filesystem::exists(out));
  const auto wrong = run({"data", "export", out, "--project", "Ferries", "--kind", "opinions"});
  EXPECT_EQ(wrong.exit_code, 2) << wrong.err;
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
