#include "engine/generation/generation_service.hpp"

#include <string>
#include <utility>

namespace preceptor::engine {

GenerationService::GenerationService(const WeightSource& source, GeneratorOptions options,
                                     std::size_t waiting_max)
    : config_(source.config()),
      waiting_max_(waiting_max),
      scheduler_(source, options),
      thread_([this] { run(); }) {}

GenerationService::~GenerationService() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

Result<GenerationService::Ticket> GenerationService::submit(GenerationRequest request, Listener listener) {
  if (auto valid = check(request, config_); !valid) return tl::unexpected(std::move(valid.error()));
  Ticket ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    if (load_.waiting + commands_.size() >= waiting_max_) {
      return refuse(ErrorKind::rate_limited, "too many requests wait for this model",
                    "Try again in a moment.");
    }
    ticket = ++last_ticket_;
    commands_.push_back({.ticket = ticket, .request = std::move(request), .listener = std::move(listener)});
  }
  wake_.notify_all();
  return ticket;
}

void GenerationService::cancel(Ticket ticket) {
  {
    const std::lock_guard lock(mutex_);
    commands_.push_back({.ticket = ticket, .cancels = true});
  }
  wake_.notify_all();
}

BatchScheduler::Load GenerationService::load() const {
  const std::lock_guard lock(mutex_);
  return load_;
}

void GenerationService::run() {
  bool busy = false;
  while (true) {
    std::vector<Command> commands;
    {
      std::unique_lock lock(mutex_);
      load_ = scheduler_.load();
      if (!busy) wake_.wait(lock, [this] { return stopping_ || !commands_.empty(); });
      if (stopping_) break;
      commands.swap(commands_);
    }
    obey(std::move(commands));
    busy = scheduler_.step();
  }
  // Nothing is submitted any more: the owner is in the destructor.
  obey(std::exchange(commands_, {}));
  scheduler_.cancel_all();
}

void GenerationService::obey(std::vector<Command> commands) {
  for (Command& command : commands) {
    if (command.cancels) {
      if (const auto found = ids_.find(command.ticket); found != ids_.end()) scheduler_.cancel(found->second);
      continue;
    }
    command.listener.on_end = [this, ticket = command.ticket,
                               told = std::move(command.listener.on_end)](GenerationResult result) {
      ids_.erase(ticket);
      if (told) told(std::move(result));
    };
    ids_[command.ticket] = scheduler_.add(std::move(command.request), std::move(command.listener));
  }
}

}  // namespace preceptor::engine
