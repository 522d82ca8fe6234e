#include <gtest/gtest.h>

#include <fstream>

#include "loop/workspace.hpp"
#include "tests/support/command_test.hpp"

namespace preceptor::cli::tests {
namespace {

using nlohmann::json;

struct BackupCommand : CommandTest {
  std::string backup() const { return (folder.path() / "backup").string(); }
  Finished restore(const std::string& target) const {
    return run_program({"restore", backup(), "--workspace", target, "--json"});
  }
  std::string restored() const { return (folder.path() / "restored").string(); }
  // A blob of the workspace; answers its name.
  std::string add_blob(const std::string& content) const {
    return loop::Workspace(workspace()).blobs().put(content);
  }
  std::filesystem::path blob_in(const std::string& root, const std::string& hash) const {
    return std::filesystem::path(root) / "blobs" / "objects" / hash.substr(0, 2) / hash.substr(2);
  }
};

TEST_F(BackupCommand, MakesAFolderFromWhichTheWorkspaceComesBack) {
  make_project();
  const std::string blob = add_blob("weights");
  const json made = json_of({"backup", backup()});
  EXPECT_EQ(made.at("blobs"), 1);
  const auto done = restore(restored());
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(json::parse(done.out).at("differences"), json::array());
  EXPECT_EQ(*read_file(blob_in(restored(), blob), 100), "weights");
  const auto projects = run_program({"admin", "list-projects", "--workspace", restored(), "--json"});
  EXPECT_EQ(json::parse(projects.out).at(0).at("name"), "Ferries");
}

TEST_F(BackupCommand, NeverOverwrites) {
  make_project();
  json_of({"backup", backup()});
  EXPECT_EQ(run({"backup", backup()}).exit_code, 5) << "a backup that is there";
  EXPECT_EQ(restore(workspace()).exit_code, 5) << "a workspace that is there";
  EXPECT_EQ(run({"backup", (folder.path() / "other").string()}).exit_code, 0);
}

TEST_F(BackupCommand, IsRefusedWhenItIsDamaged) {
  make_project();
  const std::string blob = add_blob("weights");
  json_of({"backup", backup()});
  std::filesystem::permissions(blob_in(backup(), blob), std::filesystem::perms::owner_all);
  std::ofstream(blob_in(backup(), blob)) << "Weights";
  const auto done = restore(restored());
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find(blob), std::string::npos) << done.err;
}

TEST_F(BackupCommand, OfNothingIsRefused) {
  EXPECT_EQ(run({"backup", backup()}).exit_code, 4);
  EXPECT_EQ(restore(restored()).exit_code, 4);
}

}  // namespace
}  // namespace preceptor::cli::tests
