// A host of one file on 127.0.0.1, as a model hub is one: by path, with ranges, and with connections that
// break.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace preceptor::cli::tests {

class FileHost {
public:
  FileHost(std::string path, std::string content);
  ~FileHost();
  FileHost(const FileHost&) = delete;
  FileHost& operator=(const FileHost&) = delete;

  std::string address() const;  // "http://127.0.0.1:port"
  // So many of the next answers end after half of what they promised.
  void break_next(int answers) { breaks_ = answers; }
  // Where each request for the file began to read, in order.
  std::vector<std::size_t> begins() const;

private:
  void serve();
  void answer(int socket);

  std::string path_, content_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> breaks_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::size_t> begins_;
  std::thread thread_;
};

}  // namespace preceptor::cli::tests
