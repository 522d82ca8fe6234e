// What `preceptor bench server` measures: this very program serving many people at once, with the load made
// by a process of its own on the same machine.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace preceptor::cli {

struct ServerBenchOptions {
  int runs = 5;
  double seconds = 5;    // of load in each run
  double scale = 1;      // of the million tasks and the ten million judgments
  std::string postgres;  // URL of a database to use up; empty: a PostgreSQL of one's own, if there is one
  std::vector<std::string> cases;            // empty: all
  std::vector<int> clients{1, 16, 64, 256};  // people at once, of "judging"
};

// "judging", "thinking", "tasks", "lists", "start", "postgresql"
const std::vector<std::string>& server_bench_cases();

// {rows: […], lists: […], start: {…}, scale, runs}; says what it does on stderr. Throws Failure.
nlohmann::json run_server_bench(const ServerBenchOptions&);
void print_server_bench(const nlohmann::json& report);

}  // namespace preceptor::cli
