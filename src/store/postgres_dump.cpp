#include "store/postgres_dump.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "base/file.hpp"

namespace preceptor::store {
namespace {

// The newest that the machine has: it reads older servers, and never newer ones.
std::string tool(const std::string& name) {
  int newest = 0;
  std::string found = name;  // by PATH
  std::error_code none;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const auto candidate = version.path() / "bin" / name;
    const int number = std::atoi(version.path().filename().c_str());
    if (number <= newest || !std::filesystem::exists(candidate)) continue;
    newest = number;
    found = candidate.string();
  }
  return found;
}

// The address as the variables that PostgreSQL's tools read: the arguments of a process are for all to see,
// and an address may hold a password.
std::vector<std::pair<std::string, std::string>> variables_of(const std::string& url) {
  std::vector<std::pair<std::string, std::string>> variables;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree);
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option)
    if (option->val != nullptr && option->envvar != nullptr)
      variables.emplace_back(option->envvar, option->val);
  return variables;
}

std::string database_of(const std::vector<std::pair<std::string, std::string>>& variables) {
  for (const auto& [name, value] : variables)
    if (name == "PGDATABASE") return value;
  return {};
}

Result<void> run(std::vector<std::string> command,
                 const std::vector<std::pair<std::string, std::string>>& variables) {
  const TemporaryFolder folder;
  const std::string errors = (folder.path() / "errors").string();
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  const pid_t process = ::fork();
  if (process < 0) return refuse(ErrorKind::unavailable, command.front() + " could not be started");
  if (process == 0) {
    for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
    const int file = ::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(file, STDERR_FILENO);
    ::dup2(file, STDOUT_FILENO);
    ::execvp(words.front(), words.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {}
  if (status == 0) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    return refuse(ErrorKind::unsupported, command.front() + " is not on this machine",
                  "Install PostgreSQL's client programs (Debian: postgresql-client).");
  auto words_said = read_file(errors, 1 << 16);
  return refuse(ErrorKind::unavailable,
                command.front() + " failed: " + (words_said ? *words_said : std::string("it said nothing")));
}

}  // namespace

Result<void> dump_postgres(const std::string& url, const std::filesystem::path& file) {
  return run({tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--no-password",
              "--file=" + file.string()},
             variables_of(url));
}

Result<void> restore_postgres(const std::string& url, const std::filesystem::path& file) {
  const auto variables = variables_of(url);
  return run({tool("pg_restore"), "--no-owner", "--no-privileges", "--no-password", "--exit-on-error",
              "--single-transaction", "--dbname=" + database_of(variables), file.string()},
             variables);
}

}  // namespace preceptor::store
