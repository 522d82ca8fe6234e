#include "store/fiber.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <new>
#include <utility>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

namespace preceptor::store {
namespace {

constexpr std::size_t stack_bytes = 512 << 10;

std::size_t page_bytes() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

}  // namespace

// Only what is touched takes memory; the page below ends the program rather than spoil a neighbour's.
Fiber::Fiber() {
  void* memory = mmap(nullptr, page_bytes() + stack_bytes, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  memory_ = static_cast<std::byte*>(memory);
  if (mprotect(memory_ + page_bytes(), stack_bytes, PROT_READ | PROT_WRITE) != 0) {
    munmap(memory_, page_bytes() + stack_bytes);
    throw std::bad_alloc();
  }
}

Fiber::~Fiber() { munmap(memory_, page_bytes() + stack_bytes); }

void Fiber::begin(std::function<void()> body) {
  body_ = std::move(body);
  done_ = false;
  getcontext(&own_);
  own_.uc_stack.ss_sp = memory_ + page_bytes();
  own_.uc_stack.ss_size = stack_bytes;
  own_.uc_link = nullptr;
  // makecontext passes ints alone.
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  makecontext(&own_, reinterpret_cast<void (*)()>(&Fiber::enter), 2, static_cast<unsigned>(self >> 32U),
              static_cast<unsigned>(self & 0xFFFFFFFFU));
}

void Fiber::enter(unsigned high, unsigned low) {
  const auto self = (static_cast<std::uintptr_t>(high) << 32U) | low;
  reinterpret_cast<Fiber*>(self)->run();
}

void Fiber::run() {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(nullptr, &outer_stack_, &outer_bytes_);
#endif
  body_();
  body_ = nullptr;
  done_ = true;
  switch_to(own_, outer_, true);
}

void Fiber::resume() { switch_to(outer_, own_, false); }

void Fiber::stop() { switch_to(own_, outer_, false); }

void Fiber::switch_to(ucontext_t& from, ucontext_t& to, [[maybe_unused]] bool ending) {
#ifdef __SANITIZE_ADDRESS__
  const bool inward = &to == &own_;
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(ending ? nullptr : &fake_stack,
                                 inward ? static_cast<const void*>(memory_ + page_bytes()) : outer_stack_,
                                 inward ? stack_bytes : outer_bytes_);
  swapcontext(&from, &to);
  __sanitizer_finish_switch_fiber(fake_stack, inward ? nullptr : &outer_stack_,
                                  inward ? nullptr : &outer_bytes_);
#else
  swapcontext(&from, &to);
#endif
}

}  // namespace preceptor::store
