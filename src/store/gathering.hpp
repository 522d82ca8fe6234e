// Many commands in one PostgreSQL transaction: they run side by side, and what they ask and write at the same
// step travels together, as one statement where that is possible (set_statement.hpp).
#pragma once

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/command_queue.hpp"
#include "store/fiber.hpp"
#include "store/postgres_connection.hpp"
#include "store/records_memory.hpp"
#include "store/set_statement.hpp"

namespace preceptor::store {

// Stacks are kept from one transaction to the next.
class FiberStore {
public:
  std::unique_ptr<Fiber> take();
  void give_back(std::unique_ptr<Fiber>);

private:
  std::vector<std::unique_ptr<Fiber>> fibers_;
};

// What outlives a transaction. One thread's.
struct GatheringMemory {
  FiberStore fibers;
  SetStatements sets;
};

struct Spoilt {};  // a command failed after it had written

struct GatheredOutcome {
  std::exception_ptr problem;  // of this command only
  bool alone = false;          // it touches what others may: to be run by itself
};

// One transaction at a time is gathered on a database, whichever server's: they wait for each other here,
// within the transaction that the connection has begun.
void wait_for_turn(PostgresConnection&);
// With the transaction's commit: the next one goes on while this one travels to the disk, and row locks do
// the rest.
void pass_turn_on(PostgresConnection&);

// In that transaction; its end is the caller's. The commands must have no subject in common (loop::Storage).
// Throws what spoilt the transaction for all: it is to be rolled back, and each command run by itself.
std::vector<GatheredOutcome> gather(PostgresConnection&, RecordsMemory&, GatheringMemory&,
                                    std::span<Command>);

}  // namespace preceptor::store
