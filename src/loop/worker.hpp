// Runs jobs: takes the oldest one, keeps its lease alive, writes progress, obeys cancellation.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "base/time.hpp"
#include "loop/storage.hpp"
#include "loop/workspace.hpp"

namespace preceptor::loop {

struct WorkerOptions {
  std::string name;  // unique among live workers
  std::chrono::milliseconds poll{200};
  std::chrono::seconds lease{30};  // a job whose worker is silent for so long is taken over
  int threads = 0;                 // of the engine; 0: all
};

class Worker {
public:
  Worker(Storage&, const Workspace&, const Clock&, WorkerOptions);

  // Until stopped. A stopped worker gives its job back to the queue at the next checkpoint.
  void run(std::stop_token);
  // Runs one job if there is one; answers whether there was.
  bool run_one(std::stop_token);

private:
  Storage& storage_;
  const Workspace& workspace_;
  const Clock& clock_;
  WorkerOptions options_;
};

}  // namespace preceptor::loop
