// An opened workspace: its folder and its database.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/time.hpp"
#include "cli/command.hpp"
#include "feedback/rights.hpp"
#include "loop/workspace.hpp"
#include "store/store.hpp"

namespace preceptor::cli {

struct InstallationOptions {
  std::string workspace = "workspace";
  std::string database;  // empty: SQLite in the workspace; else a postgresql:// URL
};
void add_installation_options(CLI::App&, InstallationOptions&);

struct Installation {
  loop::Workspace workspace;
  std::unique_ptr<store::Database> database;
  SystemClock clock;

  explicit Installation(const InstallationOptions&);  // makes it when it is not there
  // Refuses (not_found) when there is no workspace to open: a typing error must not make an empty one.
  static void must_exist(const InstallationOptions&);

  // Who acts on the command line: the machine's owner, as the first administrator.
  feedback::Actor owner();
  feedback::ProjectId project(const std::string& name_or_id);
};

}  // namespace preceptor::cli
