#include "server/http/handler_pool.hpp"

#include "base/log.hpp"
#include "base/thread_name.hpp"

namespace preceptor::server::http {

namespace {
constexpr std::size_t stack_bytes = 1 << 20;
}

bool HandlerPool::post(std::function<void()> work) {
  bool wake = false;
  bool somebody = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    waiting_.push_back(std::move(work));
    if (idle_ < waiting_.size() && threads_.size() < threads_max_) start_one();
    wake = should_wake();
    somebody = !threads_.empty();
  }
  if (wake) ready_.notify_one();
  return somebody;
}

void HandlerPool::start_one() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, start_thread, this) == 0)
    threads_.push_back(thread);
  else
    log_warning("no further handler thread could be started; {} are at work", threads_.size());
  pthread_attr_destroy(&attributes);
}

bool HandlerPool::should_wake() {
  if (waking_ || idle_ == 0 || waiting_.empty()) return false;
  return waking_ = true;
}

void* HandlerPool::start_thread(void* pool) {
  name_thread("handler");
  static_cast<HandlerPool*>(pool)->run();
  return nullptr;
}

void HandlerPool::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto end = std::chrono::steady_clock::now() + idle_wait_;
  ++idle_;
  while (!stopping_ && waiting_.empty()) {
    const bool late = ready_.wait_until(lock, end) == std::cv_status::timeout;
    waking_ = false;
    if (late) break;
  }
  --idle_;
}

void HandlerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (waiting_.empty()) wait_for_work(lock);
    if (waiting_.empty()) {
      // stop() joins the threads that are in the list; whoever leaves before that cleans up after itself.
      if (!stopping_ &&
          std::erase_if(threads_, [](pthread_t thread) { return pthread_equal(thread, pthread_self()); }))
        pthread_detach(pthread_self());
      return;
    }
    auto work = std::move(waiting_.front());
    waiting_.pop_front();
    const bool wake = should_wake();
    lock.unlock();
    if (wake) ready_.notify_one();
    work();
    work = nullptr;
    lock.lock();
  }
}

std::size_t HandlerPool::thread_count() const {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

void HandlerPool::stop() {
  std::vector<pthread_t> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  ready_.notify_all();
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
}

}  // namespace preceptor::server::http
