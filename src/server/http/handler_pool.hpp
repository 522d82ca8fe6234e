#pragma once
// Threads that may block. They are made as they are needed, up to a maximum, with small stacks.
#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace preceptor::server::http {

class HandlerPool {
public:
  explicit HandlerPool(std::size_t threads_max) : threads_max_(threads_max) {}
  // Runs what is still waiting, then ends.
  ~HandlerPool() { stop(); }
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  // False once the pool has stopped. Work must not throw.
  bool post(std::function<void()> work);
  void stop();

private:
  static void* start_thread(void* pool);
  void run();

  const std::size_t threads_max_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> waiting_;
  std::vector<pthread_t> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace preceptor::server::http
