#include "server/http/handler_pool.hpp"

#include "base/log.hpp"
#include "base/thread_name.hpp"

namespace preceptor::server::http {

namespace {
constexpr std::size_t stack_bytes = 1 << 20;
}

bool HandlerPool::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  waiting_.push_back(std::move(work));
  if (idle_ < waiting_.size() && threads_.size() < threads_max_) {
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
  ready_.notify_one();
  return !threads_.empty();
}

void* HandlerPool::start_thread(void* pool) {
  name_thread("handler");
  static_cast<HandlerPool*>(pool)->run();
  return nullptr;
}

void HandlerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    ready_.wait_for(lock, idle_wait_, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) {
      // stop() joins the threads that are in the list; whoever leaves before that cleans up after itself.
      if (!stopping_ &&
          std::erase_if(threads_, [](pthread_t thread) { return pthread_equal(thread, pthread_self()); }))
        pthread_detach(pthread_self());
      return;
    }
    auto work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
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
