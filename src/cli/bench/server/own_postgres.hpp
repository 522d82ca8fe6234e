// A PostgreSQL of one's own: a fresh cluster in a temporary folder, on 127.0.0.1 and a free port, durable as
// in production, gone afterwards.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace preceptor::cli {

class OwnPostgres {
public:
  // The folder of initdb and postgres, the newest that the machine has.
  static std::optional<std::filesystem::path> binaries();

  // Throws Failure when it cannot be made. PostgreSQL refuses to run as root; then it runs as the user
  // `postgres`.
  explicit OwnPostgres(const std::filesystem::path& binaries);
  ~OwnPostgres();
  OwnPostgres(const OwnPostgres&) = delete;
  OwnPostgres& operator=(const OwnPostgres&) = delete;

  const std::string& url() const { return url_; }

private:
  pid_t start(std::vector<std::string> command) const;
  void run(const std::vector<std::string>& command) const;

  std::filesystem::path binaries_;
  TemporaryFolder folder_;
  std::string url_;
  pid_t process_ = -1;
};

}  // namespace preceptor::cli
