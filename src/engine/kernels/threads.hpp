#pragma once

namespace preceptor::engine {

// Threads of this machine that the engine uses when asked for 0.
int hardware_threads();

// Makes idle OpenMP threads sleep instead of spin, which a busy machine pays for dearly: where
// OMP_WAIT_POLICY is not set, sets it to passive and starts the program anew with the same arguments, because
// libgomp reads it only when it is loaded. Call first thing in main, with its argv; returns when nothing is
// left to do.
void wait_passively(char** arguments);

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
