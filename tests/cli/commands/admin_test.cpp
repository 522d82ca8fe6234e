#include "tests/support/command_test.hpp"

namespace preceptor::cli::tests {
namespace {

using nlohmann::json;

// From an empty folder to a project with work in it, as somebody does who has just read the README.
struct AdminCommand : CommandTest {
  void make_administrator() {
    json_of({"admin", "create-person", "olivia", "--administrator", "--password", "correct horse battery"});
  }
};

TEST_F(AdminCommand, MakesAProjectThatRealDataIsImportedInto) {
  make_administrator();
  const auto guideline = file("guideline.md", "# Be exact");
  const json made = json_of({"admin", "create-project", "Ferries", "--guideline", guideline, "--language",
                             "en", "--domain", "travel"});
  EXPECT_EQ(made.at("name"), "Ferries");
  const json done = json_of({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ferries"});
  EXPECT_EQ(done.at("compare_tasks"), 5);
  const json list = json_of({"admin", "list-projects"});
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("id"), made.at("id"));
  EXPECT_EQ(list[0].at("tasks_open"), 5);
  EXPECT_EQ(list[0].at("members"), 1);
  const auto database = open();
  loop::read(*database, [&](loop::Records& records) {
    const feedback::ProjectId id{made.at("id").get<std::int64_t>()};
    EXPECT_EQ(records.guidelines(id).front().markdown, "# Be exact");
    EXPECT_EQ(records.project(id)->domains, std::vector<std::string>{"travel"});
    EXPECT_FALSE(records.rubrics(id).front().dimensions.empty());
  });
}

TEST_F(AdminCommand, AddsMembersAndChangesTheirRoles) {
  make_administrator();
  json_of({"admin", "create-person", "tara", "--password", "correct horse battery"});
  json_of({"admin", "create-project", "Ferries"});
  for (const char* role : {"trainer", "reviewer"})
    EXPECT_EQ(json_of({"admin", "set-member", "tara", "--project", "Ferries", "--role", role}).at("role"),
              role);
  const auto database = open();
  loop::read(*database, [&](loop::Records& records) {
    const auto tara = records.credentials("tara")->person.id;
    EXPECT_EQ(records.membership({1}, tara)->role, feedback::Role::reviewer);
  });
  const auto nobody = run({"admin", "set-member", "tora", "--project", "Ferries", "--role", "trainer"});
  EXPECT_EQ(nobody.exit_code, 4) << nobody.err;
  EXPECT_NE(nobody.err.find("list-people"), std::string::npos) << nobody.err;
  const auto wrong = run({"admin", "set-member", "tara", "--project", "Ferries", "--role", "boss"});
  EXPECT_EQ(wrong.exit_code, 2) << wrong.err;
  const auto last = run({"admin", "set-member", "olivia", "--project", "Ferries", "--role", "trainer"});
  EXPECT_EQ(last.exit_code, 5) << "a project keeps its last owner: " << last.err;
}

TEST_F(AdminCommand, ListsWhoHasAnAccount) {
  make_administrator();
  const json people = json_of({"admin", "list-people"});
  ASSERT_EQ(people.size(), 1U);
  EXPECT_EQ(people[0].at("login"), "olivia");
  EXPECT_EQ(people[0].at("administrator"), true);
  EXPECT_NE(run({"admin", "list-people"}).out.find("(administrator)"), std::string::npos);
}

TEST_F(AdminCommand, SaysTheNextStepWhereThereIsNothingYet) {
  const auto early = run({"admin", "create-project", "Ferries"});
  EXPECT_EQ(early.exit_code, 4) << early.err;
  EXPECT_FALSE(std::filesystem::exists(workspace())) << "made by a typing error";
  json_of({"admin", "create-person", "tara", "--password", "correct horse battery"});
  const auto nobody = run({"admin", "create-project", "Ferries"});
  EXPECT_EQ(nobody.exit_code, 4) << nobody.err;
  EXPECT_NE(nobody.err.find("--administrator"), std::string::npos) << nobody.err;
  const auto empty = run({"data", "import", fixture("hh-rlhf-5.jsonl"), "--project", "Ferries"});
  EXPECT_EQ(empty.exit_code, 4) << empty.err;
  EXPECT_NE(empty.err.find("create-project"), std::string::npos) << empty.err;
  EXPECT_NE(run({"admin", "list-projects"}).out.find("create-project"), std::string::npos);
}

}  // namespace
}  // namespace preceptor::cli::tests
