// Commands that look at a workspace: doctor, verify, lineage, model.
#include "loop/workspace.hpp"
#include "base/hash.hpp"
#include "tests/support/command_test.hpp"
#include "tests/support/tiny_model.hpp"

namespace preceptor::cli::tests {
namespace {

using nlohmann::json;

struct WorkspaceCommand : CommandTest {
  json import_model(const std::string& name, std::uint64_t seed = 3) const {
    const auto place = folder.path() / ("model of " + name);
    write_tiny_model(place, seed);
    return json_of({"model", "import", place.string(), "--project", "Ferries", "--name", name});
  }
};

TEST_F(WorkspaceCommand, DoctorTellsWhatTheMachineCanDo) {
  const auto finished = run({"doctor", "--json"});
  const json findings = json::parse(finished.out).at("findings");
  std::map<std::string, json> by_name;
  bool something_is_missing = false;
  for (const json& finding : findings) {
    by_name[finding.at("what")] = finding;
    something_is_missing = something_is_missing || finding.at("state") == "missing";
  }
  EXPECT_EQ(by_name.at("program").at("state"), "good");
  EXPECT_NE(by_name.at("processor").at("text").get<std::string>().find("threads"), std::string::npos);
  EXPECT_NE(by_name.at("database").at("text").get<std::string>().find("SQLite"), std::string::npos);
  EXPECT_TRUE(by_name.contains("browser assets"));
  EXPECT_EQ(finished.exit_code, something_is_missing ? 1 : 0);
  EXPECT_FALSE(std::filesystem::exists(workspace())) << "looking makes nothing";
}

TEST_F(WorkspaceCommand, DoctorNamesADatabaseThatIsNone) {
  std::filesystem::create_directories(workspace());
  write_file_atomic(database_file(), std::string(5000, 'x'));
  const auto finished = run({"doctor"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_NE(finished.out.find("missing  database"), std::string::npos) << finished.out;
}

TEST_F(WorkspaceCommand, VerifyFindsNothingInAFreshWorkspace) {
  make_project();
  import_model("base");
  const json report = json_of({"verify"});
  EXPECT_TRUE(report.at("differences").empty());
  EXPECT_EQ(report.at("models"), 1);
  EXPECT_GT(report.at("events").get<int>() + report.at("unsealed").get<int>(), 0);
}

TEST_F(WorkspaceCommand, VerifyTellsAnEventThatWasRewritten) {
  make_project();
  ASSERT_EQ(run({"verify"}).exit_code, 0);
  tamper("UPDATE event_payload SET payload = '{\"changed\":true}'");
  const auto finished = run({"verify"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_NE(finished.out.find("DIFFERENCE"), std::string::npos) << finished.out;
}

TEST_F(WorkspaceCommand, VerifyTellsAModelWhoseWeightsWereChanged) {
  make_project();
  const std::string sha256 = import_model("base").at("sha256");
  const loop::Workspace opened(workspace());
  write_file_atomic(opened.blobs().path_of(sha256).value(), "other weights");
  const auto finished = run({"verify"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_NE(finished.out.find("Model base, model.safetensors"), std::string::npos) << finished.out;
}

TEST_F(WorkspaceCommand, VerifyMakesNoWorkspaceByATypingError) {
  EXPECT_EQ(run({"verify"}).exit_code, 4);
  EXPECT_FALSE(std::filesystem::exists(workspace()));
}

TEST_F(WorkspaceCommand, LineageOfAnImportedModelIsTheModelItself) {
  make_project();
  const json model = import_model("base");
  for (const std::string& name :
       {std::string("base"), model.at("id").dump(), model.at("sha256").get<std::string>().substr(0, 12)}) {
    const json lineage = json_of({"lineage", name});
    ASSERT_EQ(lineage.at("steps").size(), 1U) << name;
    EXPECT_EQ(lineage.at("steps")[0].at("model").at("sha256"), model.at("sha256"));
    EXPECT_EQ(lineage.at("verified"), true);
  }
}

TEST_F(WorkspaceCommand, LineageTakesAnIdBeforeTheBeginningOfAHash) {
  make_project();
  const json first = import_model("first");
  // Seeds until the hash of another model begins with the id of the first.
  std::uint64_t seed = 100;
  std::string sha256;
  while (!sha256.starts_with(first.at("id").dump())) {
    ASSERT_LT(++seed, 400U);
    const auto place = folder.path() / "tried";
    write_tiny_model(place, seed);
    sha256 = sha256_file(place / "model.safetensors");
  }
  ASSERT_EQ(import_model("other", seed).at("sha256"), sha256);
  EXPECT_EQ(json_of({"lineage", first.at("id").dump()}).at("steps")[0].at("model").at("name"), "first");
}

TEST_F(WorkspaceCommand, LineageNamesTheModelsThereAreWhenOneIsNot) {
  make_project();
  import_model("base");
  const auto missing = run({"lineage", "best"});
  EXPECT_EQ(missing.exit_code, 4);
  EXPECT_NE(missing.err.find("There is no model best"), std::string::npos) << missing.err;
  EXPECT_NE(missing.err.find("(base)"), std::string::npos) << missing.err;
  EXPECT_EQ(run({"lineage", "--judgment", "999"}).exit_code, 4);
}

TEST_F(WorkspaceCommand, AModelThatIsImportedIsListedAndExportedToTheByte) {
  make_project();
  const json model = import_model("base");
  const json list = json_of({"model", "list"});
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("current"), true);
  const auto out = folder.path() / "exported";
  ASSERT_EQ(run({"model", "export", model.at("id").dump(), "--out", out.string()}).exit_code, 0);
  EXPECT_EQ(read_file(out / "model.safetensors", 1 << 24).value(),
            read_file(folder.path() / "model of base" / "model.safetensors", 1 << 24).value());
  const auto again = run({"model", "export", model.at("id").dump(), "--out", out.string()});
  EXPECT_EQ(again.exit_code, 5) << "nothing is overwritten";
}

TEST_F(WorkspaceCommand, AModelChatsOnTheTerminalTheSameForTheSameSeed) {
  const auto place = folder.path() / "tiny";
  write_tiny_model(place);
  const std::vector<std::string> ask = {"model",        "chat", place.string(), "--prompt", "When?",
                                        "--tokens-max", "8",    "--seed",       "5"};
  const auto first = run_program(ask);
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.out, run_program(ask).out);
}

TEST_F(WorkspaceCommand, ADatabaseNewerThanTheProgramIsRefused) {
  make_project();
  tamper("INSERT INTO schema_migration VALUES (9999, '9999_tomorrow', 'x', 0)");
  for (const char* command : {"verify", "serve"}) {
    const auto refused = run({command});
    EXPECT_EQ(refused.exit_code, 3) << refused.err;
    EXPECT_NE(refused.err.find("newer than this program"), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("Use the newer program"), std::string::npos) << refused.err;
  }
}

TEST_F(WorkspaceCommand, WrongUseOfTheCommandLineExitsWithTwo) {
  EXPECT_EQ(run_program({}).exit_code, 2);
  EXPECT_EQ(run_program({"dance"}).exit_code, 2);
  EXPECT_EQ(run_program({"data", "check"}).exit_code, 2);
  EXPECT_EQ(run_program({"train", "reward", "--data", "x", "--model", "y", "--held-out", "2"}).exit_code, 2);
  EXPECT_EQ(run_program({"--version"}).exit_code, 0);
}

}  // namespace
}  // namespace preceptor::cli::tests
