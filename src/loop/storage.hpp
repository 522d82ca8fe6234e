// Transactions. Implemented by the module `store` on SQLite and PostgreSQL.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/result.hpp"
#include "loop/records.hpp"

namespace preceptor::loop {

// Of this process since it began.
struct StorageFigures {
  std::int64_t commands = 0;             // that changed something
  std::int64_t commits = 0;              // durable ones; each may hold many commands
  std::int64_t commit_microseconds = 0;  // spent in them alone
  std::int64_t waiting = 0;              // commands in the queue now
};

// What a command reads and changes that another may change too ("person 7", "task 12"). Two commands with a
// subject in common are never done at the same time.
using Subjects = std::vector<std::string>;

struct Storage {
  virtual ~Storage() = default;

  // One consistent, read-only view.
  virtual void read(const std::function<void(Records&)>& query) = 0;

  // Runs the command in a transaction and returns once it is durable. An exception thrown by the command
  // rolls back this command only and comes out here. The command may run on another thread, together with
  // others in one commit, and may be run again when the database gave up on it (a deadlock): it must act on
  // its records and its own results only, and must not call the storage.
  virtual void write(const std::function<void(Records&)>& command) = 0;

  // The same without waiting: `done` is called, on a thread of the storage, once the command is durable
  // (nullptr) or has failed. It must return quickly and must not call the storage.
  virtual void post_write(std::function<void(Records&)> command,
                          std::function<void(std::exception_ptr)> done) = 0;

  // The same for a small command that often comes, and changes only what belongs to its subjects: it may be
  // done side by side with others, in one transaction.
  virtual void post_gathered_write(std::function<void(Records&)> command,
                                   std::function<void(std::exception_ptr)> done, Subjects) {
    post_write(std::move(command), std::move(done));
  }

  // Whether a write waits for every other one: then it should do no more than it must.
  virtual bool writes_one_by_one() const { return true; }

  virtual StorageFigures figures() const { return {}; }
};

namespace detail {
struct Refused {};
}  // namespace detail

// For commands that answer a Result: a refusal rolls the command back as well.
//   auto receipt = write(storage, [&](Records& records) { return feedback::submit(records, …); });
template <class Command>
auto write(Storage& storage, Command&& command) -> std::invoke_result_t<Command, Records&> {
  using Answer = std::invoke_result_t<Command, Records&>;
  if constexpr (std::is_void_v<Answer>) {
    storage.write([&](Records& records) { command(records); });
  } else {
    std::optional<Answer> answer;
    try {
      storage.write([&](Records& records) {
        answer.emplace(command(records));
        if constexpr (requires {
                        answer->has_value();
                        answer->error();
                      }) {
          if (!answer->has_value()) throw detail::Refused{};
        }
      });
    } catch (const detail::Refused&) {}
    return std::move(*answer);
  }
}

template <class Query>
auto read(Storage& storage, Query&& query) -> std::invoke_result_t<Query, Records&> {
  using Answer = std::invoke_result_t<Query, Records&>;
  if constexpr (std::is_void_v<Answer>) {
    storage.read([&](Records& records) { query(records); });
  } else {
    std::optional<Answer> answer;
    storage.read([&](Records& records) { answer.emplace(query(records)); });
    return std::move(*answer);
  }
}

}  // namespace preceptor::loop
