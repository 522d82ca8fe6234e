#include "store/command_queue.hpp"

#include <algorithm>
#include <future>
#include <string>
#include <unordered_set>

#include "base/result.hpp"

namespace preceptor::store {

void CommandQueue::push(Command command) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) throw Failure(ErrorKind::unavailable, "the database is being closed");
    commands_.push_back(std::move(command));
  }
  filled_.notify_one();
}

bool CommandQueue::wait() {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return closed_ || !commands_.empty(); });
  return !commands_.empty();
}

std::vector<Command> CommandQueue::pop(std::size_t commands_max) {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return closed_ || !commands_.empty(); });
  const auto count = static_cast<std::ptrdiff_t>(std::min(commands_max, commands_.size()));
  std::vector<Command> taken(std::make_move_iterator(commands_.begin()),
                             std::make_move_iterator(commands_.begin() + count));
  commands_.erase(commands_.begin(), commands_.begin() + count);
  return taken;
}

std::vector<Command> CommandQueue::pop_apart(std::size_t commands_max) {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return closed_ || !commands_.empty(); });
  std::unordered_set<std::string> taken_subjects;
  std::vector<Command> taken;
  std::deque<Command> left;
  for (Command& command : commands_) {
    const auto& subjects = command.subjects;
    const bool apart = std::none_of(subjects.begin(), subjects.end(), [&](const std::string& subject) {
      return taken_subjects.contains(subject);
    });
    taken_subjects.insert(subjects.begin(), subjects.end());
    if (apart && taken.size() < commands_max) {
      taken.push_back(std::move(command));
    } else {
      left.push_back(std::move(command));
    }
  }
  commands_ = std::move(left);
  return taken;
}

std::size_t CommandQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return commands_.size();
}

void CommandQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  filled_.notify_all();
}

void push_and_wait(const std::function<void(Command)>& push,
                   const std::function<void(loop::Records&)>& work) {
  std::promise<void> promise;
  auto finished = promise.get_future();
  push({.work = [&work](loop::Records& records) { work(records); },
        .done =
            [&promise](std::exception_ptr problem) {
              if (problem) {
                promise.set_exception(problem);
              } else {
                promise.set_value();
              }
            }});
  finished.get();
}

}  // namespace preceptor::store
