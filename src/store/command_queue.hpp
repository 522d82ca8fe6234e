// Commands that wait for a thread of the storage.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

#include "loop/storage.hpp"

namespace preceptor::store {

struct Command {
  std::function<void(loop::Records&)> work;
  std::function<void(std::exception_ptr)> done;
  loop::Subjects subjects = {};
};

class CommandQueue {
public:
  // Throws Failure(unavailable) once the queue is closed.
  void push(Command);
  // Waits for at least one command; false: the queue is closed and drained.
  bool wait();
  // Waits for at least one command; an empty list means that the queue is closed and drained.
  std::vector<Command> pop(std::size_t commands_max);
  // The same, without commands that have a subject in common with one before them: those stay, in their
  // order.
  std::vector<Command> pop_apart(std::size_t commands_max);
  void close();
  std::size_t waiting() const;

private:
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Command> commands_;
  bool closed_ = false;
};

// Pushes the command and waits until it is done; throws what it threw.
void push_and_wait(const std::function<void(Command)>& push, const std::function<void(loop::Records&)>& work);

}  // namespace preceptor::store
