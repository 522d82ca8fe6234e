// What a process and its descendants take, read from /proc.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace preceptor::evidence {

struct TreeUse {
  std::size_t processes = 0;
  std::size_t memory_bytes = 0;  // resident, shared pages counted once per process
};
TreeUse use_of_tree(pid_t root);

}  // namespace preceptor::evidence
