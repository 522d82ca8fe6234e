#pragma once

namespace preceptor::engine {

// Threads of this machine that the engine uses when asked for 0.
int hardware_threads();

// Makes idle OpenMP threads spin for some tens of microseconds and then sleep. Without the sleep a busy
// machine pays dearly for them; without the spin, waking them for each of the many short regions of a token
// takes as long as the token's work. Where OMP_WAIT_POLICY is not set, sets it to passive, with a count of
// spins, and starts the program anew with the same arguments, because libgomp reads both only when it is
// loaded. Call first thing in main, with its argv; returns when nothing is left to do.
void wait_briefly(char** arguments);

// OpenMP and oneDNN regions opened by this thread use `threads` threads (0: hardware_threads()) while this
// lives.
class ThreadScope {
public:
  explicit ThreadScope(int threads);
  ~ThreadScope();
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

private:
  int before_;
};

}  // namespace preceptor::engine
