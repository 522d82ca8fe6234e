// `preceptor worker` as a child of the server: a training that dies or fills the memory never touches a
// draft.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <string>
#include <thread>

namespace preceptor::cli {

class WorkerProcess {
public:
  // Starts it niced, and again a second after it has died.
  WorkerProcess(std::string workspace, std::string database);
  ~WorkerProcess();  // asks it to end and waits
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

private:
  void keep_alive(std::stop_token);
  pid_t start() const;

  std::string workspace_;
  std::string database_;
  std::jthread keeper_;
};

}  // namespace preceptor::cli
