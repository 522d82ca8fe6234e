// `preceptor serve` as a child of this process.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace preceptor::cli {

class ServerProcess {
public:
  // Starts this very program on the workspace and waits until it answers. Throws Failure when it ends before
  // that or does not answer in time; its own words went to log. database: a postgresql:// URL, or empty for
  // the workspace's own.
  ServerProcess(const std::filesystem::path& workspace, int port, const std::filesystem::path& log,
                const std::string& database = {});
  ~ServerProcess();  // asks it to end and waits
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& address() const { return address_; }
  pid_t id() const { return process_; }
  // Until the server ends, or this process is told to (then the server is, too). Answers the server's exit
  // code.
  int wait();

private:
  void wait_until_ready(const std::filesystem::path& log, std::uintmax_t log_begins);

  pid_t process_ = -1;
  std::string address_;
};

}  // namespace preceptor::cli
