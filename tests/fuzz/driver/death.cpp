#include "driver/death.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

// Sanitizers end the program without a signal; this is how they tell.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace preceptor::fuzz {
namespace {

std::atomic<const std::string*> watched = nullptr;
char input_path[4096];
alignas(16) char signal_stack[1 << 16];

void say(const char* text) {
  if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

// Only calls that are safe in a signal handler.
void save_input() {
  const std::string* input = watched.exchange(nullptr);
  if (input == nullptr) return;
  const int file = ::open(input_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const ssize_t written = file < 0 ? -1 : ::write(file, input->data(), input->size());
  say(written == static_cast<ssize_t>(input->size()) ? "the input is in "
                                                     : "the input could not be written to ");
  say(input_path);
  say("\n");
}

void on_signal(int number) {
  say(number == SIGPROF ? "the input takes too long\n" : number == SIGABRT ? "aborted\n" : "crashed\n");
  save_input();
  ::_exit(1);
}

}  // namespace

void keep_input_on_death(const std::filesystem::path& folder) {
  std::snprintf(input_path, sizeof input_path, "%s/%s.input", folder.c_str(), program_invocation_short_name);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(save_input);
  } else {
    const rlimit memory{memory_bytes_max, memory_bytes_max};
    ::setrlimit(RLIMIT_AS, &memory);
  }
  // A stack of its own: too deep a recursion leaves none.
  const stack_t stack{.ss_sp = signal_stack, .ss_flags = 0, .ss_size = sizeof signal_stack};
  ::sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK;
  const bool sanitized = __sanitizer_set_death_callback != nullptr;
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    if (!sanitized) ::sigaction(number, &action, nullptr);
  }
  ::sigaction(SIGABRT, &action, nullptr);
  ::sigaction(SIGPROF, &action, nullptr);
}

void watch(const std::string& input) {
  watched = &input;
  const itimerval limit{.it_interval = {}, .it_value = {.tv_sec = input_seconds_max, .tv_usec = 0}};
  ::setitimer(ITIMER_PROF, &limit, nullptr);
}

}  // namespace preceptor::fuzz
