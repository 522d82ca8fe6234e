#pragma once
// Threads that may block. They are made as they are needed, up to a maximum, with small stacks, and end when
// they have been idle for a while.
#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace preceptor::server::http {

class HandlerPool {
public:
  static constexpr std::chrono::milliseconds idle_wait_default{10'000};

  explicit HandlerPool(std::size_t threads_max, std::chrono::milliseconds idle_wait = idle_wait_default)
      : threads_max_(threads_max), idle_wait_(idle_wait) {}
  // Runs what is still waiting, then ends.
  ~HandlerPool() { stop(); }
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  // False once the pool has stopped. Work must not throw.
  bool post(std::function<void()> work);
  void stop();
  std::size_t thread_count() const;

private:
  static void* start_thread(void* pool);
  void start_one();
  // True when the caller is to notify one thread. One wakes at a time, and wakes the next if more waits: a
  // thread that comes to find its work taken by one that was awake would have been woken for nothing.
  bool should_wake();
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  void run();

  const std::size_t threads_max_;
  const std::chrono::milliseconds idle_wait_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> waiting_;
  std::vector<pthread_t> threads_;
  std::size_t idle_ = 0;
  bool waking_ = false;  // a thread was notified and is not awake yet
  bool stopping_ = false;
};

}  // namespace preceptor::server::http
