// A filter for the kernel (seccomp BPF) against what no program in the sandbox needs.
#pragma once

#include <cstddef>
#include <vector>

namespace preceptor::evidence {

// The program as `bwrap --seccomp` reads it: tracing and reading of other processes, keys, BPF, performance
// events, mounts, modules, clocks and io_uring are refused with EPERM; programs of another architecture are
// killed. Empty on an architecture that it was not written for: namespaces still hold then.
std::vector<std::byte> system_call_filter();

}  // namespace preceptor::evidence
