// A function with a stack of its own, which can stop in its middle and be gone on with.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <exception>
#include <functional>

namespace preceptor::store {

// Runs on the thread that calls resume(), one at a time. Not synchronised.
class Fiber {
public:
  Fiber();  // throws std::bad_alloc when there is no room for a stack
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Begins; what an earlier body left of the stack is used again. `body` must not throw.
  void begin(std::function<void()> body);
  // Goes on until the body stops or ends.
  void resume();
  // From within the body: back to who resumed it.
  void stop();
  bool is_done() const { return done_; }

private:
  static void enter(unsigned high, unsigned low);
  void run();
  void switch_to(ucontext_t& from, ucontext_t& to, bool ending);

  std::byte* memory_ = nullptr;
  std::function<void()> body_;
  ucontext_t own_{};
  ucontext_t outer_{};
  bool done_ = true;
  // Where the sanitizer is told which stack is in use.
  const void* outer_stack_ = nullptr;
  std::size_t outer_bytes_ = 0;
};

}  // namespace preceptor::store
