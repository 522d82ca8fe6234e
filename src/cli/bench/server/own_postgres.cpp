#include "cli/bench/server/own_postgres.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/format.hpp"
#include "base/result.hpp"

namespace preceptor::cli {
namespace {

constexpr std::chrono::seconds ready_within{30};

// Only between fork and exec.
void become_postgres() {
  if (::getuid() != 0) return;
  const passwd* user = ::getpwnam("postgres");
  if (user == nullptr || ::initgroups("postgres", user->pw_gid) != 0 || ::setgid(user->pw_gid) != 0 ||
      ::setuid(user->pw_uid) != 0)
    ::_exit(126);
}

}  // namespace

std::optional<std::filesystem::path> OwnPostgres::binaries() {
  std::optional<std::filesystem::path> found;
  int newest = 0;
  std::error_code none;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const int number = std::atoi(version.path().filename().c_str());
    if (number <= newest || !std::filesystem::exists(version.path() / "bin" / "initdb")) continue;
    newest = number;
    found = version.path() / "bin";
  }
  return found;
}

pid_t OwnPostgres::start(std::vector<std::string> command) const {
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  const std::string log = (folder_.path() / "log").string();
  const pid_t process = ::fork();
  if (process < 0) throw Failure(ErrorKind::internal, "A process could not be started.");
  if (process > 0) return process;
  if (::chdir(folder_.path().c_str()) != 0) ::_exit(125);
  become_postgres();
  ::prctl(PR_SET_PDEATHSIG, SIGINT);
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  ::execv(words.front(), words.data());
  ::_exit(127);
}

void OwnPostgres::run(const std::vector<std::string>& command) const {
  int status = 0;
  ::waitpid(start(command), &status, 0);
  if (status == 0) return;
  const auto words = read_file(folder_.path() / "log", 1 << 20);
  throw Failure(ErrorKind::unavailable,
                format("{} failed: {}", command.front(), words ? *words : "it said nothing"));
}

OwnPostgres::OwnPostgres(const std::filesystem::path& binaries) : binaries_(binaries) {
  if (::getuid() == 0) {
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr || ::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
      throw Failure(ErrorKind::unavailable, "There is no user postgres to run PostgreSQL as.");
  }
  const std::string data = (folder_.path() / "data").string();
  run({binaries_ / "initdb", "-D", data, "-U", "preceptor", "-A", "trust", "-E", "UTF8", "--locale=C"});
  // Reached through a socket in its own folder, as Debian's PostgreSQL is on its own machine.
  process_ = start({binaries_ / "postgres", "-D", data, "-h", "", "-k", folder_.path(), "-c",
                    "max_connections=80", "-c", "shared_buffers=256MB"});
  url_ = format("postgresql://preceptor@/preceptor?host={}", folder_.path().string());
  const auto give_up = std::chrono::steady_clock::now() + ready_within;
  for (;;) {
    int status = 0;
    ::waitpid(start({binaries_ / "createdb", "-h", folder_.path(), "-U", "preceptor", "preceptor"}), &status,
              0);
    if (status == 0) return;
    if (std::chrono::steady_clock::now() > give_up)
      throw Failure(ErrorKind::unavailable, "PostgreSQL did not start.");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

OwnPostgres::~OwnPostgres() {
  if (process_ <= 0) return;
  ::kill(process_, SIGINT);  // PostgreSQL's fast shutdown
  ::waitpid(process_, nullptr, 0);
}

}  // namespace preceptor::cli
