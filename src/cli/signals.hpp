// SIGINT and SIGTERM as a stop token.
#pragma once

#include <signal.h>

#include <stop_token>
#include <thread>

namespace preceptor::cli {

// From its construction to its end these signals request the stop instead of ending the process. One at a
// time; make it before other threads, which inherit the blocked signals.
class StopOnSignal {
public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  void wait() const;  // until a signal has come

private:
  sigset_t signals_{};
  sigset_t before_{};
  std::stop_source stop_;
  std::jthread waiter_;
};

}  // namespace preceptor::cli
