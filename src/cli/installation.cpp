#include "cli/installation.hpp"

#include <charconv>

#include "base/format.hpp"

namespace preceptor::cli {
namespace {

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

void add_installation_options(CLI::App& command, InstallationOptions& options) {
  command.add_option("--workspace", options.workspace, "Folder of the workspace")->capture_default_str();
  command
      .add_option("--database", options.database,
                  "postgresql://… instead of the workspace's own SQLite file (PRECEPTOR_DATABASE)")
      ->envname("PRECEPTOR_DATABASE");
}

Installation::Installation(const InstallationOptions& options)
    : workspace(options.workspace),
      database(store::open(
          {.database = options.database.empty() ? workspace.database().string() : options.database})) {}

void Installation::must_exist(const InstallationOptions& options) {
  if (std::filesystem::exists(options.workspace)) return;
  throw Failure(ErrorKind::not_found, fmt::format("There is no workspace at {}.", options.workspace),
                "Name one with --workspace, or make one: preceptor serve, or preceptor admin create-person "
                "LOGIN --administrator");
}

feedback::Actor Installation::owner() {
  feedback::Actor actor;
  database->read([&](loop::Records& records) {
    feedback::Page page{.limit = 1000};
    for (const feedback::Person& person : records.people(page).items)
      if (person.administrator && !actor.person) actor = {.person = person.id, .administrator = true};
  });
  if (!actor.person)
    throw Failure(ErrorKind::not_found, "The workspace has no administrator.",
                  "Make one: preceptor admin create-person LOGIN --administrator");
  return actor;
}

feedback::ProjectId Installation::project(const std::string& name_or_id) {
  std::vector<feedback::Project> projects;
  database->read([&](loop::Records& records) { projects = records.projects(); });
  const auto number = number_of(name_or_id);
  std::string known;
  for (const feedback::Project& project : projects) {
    if (project.name == name_or_id || (number && project.id.value == *number)) return project.id;
    known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", project.id.value, project.name);
  }
  throw Failure(ErrorKind::not_found, fmt::format("There is no project {}.", name_or_id),
                known.empty() ? "The workspace has no projects yet: preceptor admin create-project NAME"
                              : fmt::format("There are: {}.", known));
}

}  // namespace preceptor::cli
