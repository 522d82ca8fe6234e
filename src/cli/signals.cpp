#include "cli/signals.hpp"

#include <condition_variable>
#include <mutex>

namespace preceptor::cli {

StopOnSignal::StopOnSignal() {
  ::sigemptyset(&signals_);
  ::sigaddset(&signals_, SIGINT);
  ::sigaddset(&signals_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  waiter_ = std::jthread([this](std::stop_token ended) {
    const timespec moment{0, 100'000'000};
    while (!ended.stop_requested())
      if (::sigtimedwait(&signals_, nullptr, &moment) > 0) stop_.request_stop();
  });
}

StopOnSignal::~StopOnSignal() {
  waiter_.request_stop();
  waiter_.join();
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void StopOnSignal::wait() const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait(lock, stop_.get_token(), [] { return false; });
}

}  // namespace preceptor::cli
