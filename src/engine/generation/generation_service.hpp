#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "engine/generation/batch_scheduler.hpp"

namespace preceptor::engine {

// One BatchScheduler on a thread of its own, for requests from many threads at once. Thread-safe. Borrows the
// weights.
class GenerationService {
public:
  using Ticket = std::uint64_t;

  GenerationService(const WeightSource& source, GeneratorOptions options, std::size_t waiting_max = 4096);
  ~GenerationService();  // ends what is under way as cancelled
  GenerationService(const GenerationService&) = delete;
  GenerationService& operator=(const GenerationService&) = delete;

  // The listener is called on the service's thread: it must neither block nor throw. Refuses what check()
  // refuses, and with rate_limited when more than waiting_max requests wait; then the listener hears nothing.
  Result<Ticket> submit(GenerationRequest request, Listener listener);
  void cancel(Ticket ticket);

  BatchScheduler::Load load() const;  // after the last pass

private:
  struct Command {
    Ticket ticket = 0;
    bool cancels = false;
    GenerationRequest request;
    Listener listener;
  };
  void run();
  void obey(std::vector<Command> commands);

  ModelConfig config_;
  std::size_t waiting_max_;
  BatchScheduler scheduler_;                                   // the thread's alone
  std::unordered_map<Ticket, BatchScheduler::RequestId> ids_;  // likewise

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Command> commands_;
  BatchScheduler::Load load_;
  Ticket last_ticket_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace preceptor::engine
