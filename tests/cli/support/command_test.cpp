#include "tests/support/command_test.hpp"

#include "feedback/accounts.hpp"
#include "feedback/projects.hpp"
#include "store/sqlite_connection.hpp"

namespace preceptor::cli::tests {

using nlohmann::json;

std::unique_ptr<store::Database> CommandTest::open() const {
  std::filesystem::create_directories(workspace());
  return store::open({.database = database_file().string()});
}

std::string CommandTest::file(const std::string& name, const std::string& content) const {
  write_file_atomic(folder.path() / name, content);
  return (folder.path() / name).string();
}

std::string CommandTest::fixture(const std::string& name) {
  return std::filesystem::path(PRECEPTOR_TEST_FOLDER).parent_path() / "learning" / "fixtures" / name;
}

feedback::ProjectId CommandTest::make_project() {
  const auto database = open();
  return loop::write(*database, [&](loop::Records& records) {
    const feedback::PreparedPerson admin{.person = {.login = "admin", .name = "Admin", .administrator = true},
                                         .password_hash = "unusable"};
    const auto person = feedback::create_person_locally(records, admin, clock).value();
    const feedback::NewProject fresh{.name = "Ferries",
                                     .languages = {"en"},
                                     .guideline = "Be exact.",
                                     .dimensions = {{.key = "accuracy", .label = "Accuracy"}}};
    return feedback::create_project(records, {.person = person.id, .administrator = true}, fresh, clock)
        .value()
        .project.id;
  });
}

Finished CommandTest::run(std::vector<std::string> arguments) const {
  arguments.push_back("--workspace");
  arguments.push_back(workspace());
  return run_program(arguments);
}

json CommandTest::json_of(std::vector<std::string> arguments, int code) const {
  arguments.push_back("--json");
  const Finished finished = run(std::move(arguments));
  EXPECT_EQ(finished.exit_code, code) << finished.out << finished.err;
  return json::parse(finished.out);
}

void CommandTest::tamper(const std::string& sql) const {
  store::SqliteConnection(database_file(), store::Access::read_write, 5000).run_script(sql);
}

}  // namespace preceptor::cli::tests
