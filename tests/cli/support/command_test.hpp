// A workspace that the program is run on, and what a test looks up in it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/time.hpp"
#include "feedback/types.hpp"
#include "store/store.hpp"
#include "tests/support/program.hpp"

namespace preceptor::cli::tests {

class CommandTest : public testing::Test {
protected:
  std::string workspace() const { return (folder.path() / "workspace").string(); }
  std::filesystem::path database_file() const { return folder.path() / "workspace" / "preceptor.db"; }
  std::unique_ptr<store::Database> open() const;
  // A file of the test's own; answers its path.
  std::string file(const std::string& name, const std::string& content) const;
  static std::string fixture(const std::string& name);  // of the data sets that tests/learning keeps

  // An administrator "admin" with the project "Ferries".
  feedback::ProjectId make_project();
  // Runs with --workspace and, for json_of, --json; json_of expects exit code `code`.
  Finished run(std::vector<std::string> arguments) const;
  nlohmann::json json_of(std::vector<std::string> arguments, int code = 0) const;
  // Straight into the tables, past every rule.
  void tamper(const std::string& sql) const;

  TemporaryFolder folder;
  SystemClock clock;
};

}  // namespace preceptor::cli::tests
