#pragma once
// A workspace with at least one row of everything that a path of the table can name.
#include <map>
#include <string>

#include "server/routes/table.hpp"
#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {

struct FullWorkspace {
  FullWorkspace();

  // The path below /api/v1 with the ids of such rows.
  std::string path_of(const Route& route) const;

  Workspace workspace;
  std::map<std::string, std::int64_t> ids;  // "{task}" → its id
  std::int64_t snapshot_id = 0, tuned_id = 0;

private:
  void add_loop(loop::Records& records);
};

}  // namespace preceptor::server::tests
