#include "engine/kernels/threads.hpp"

#include <omp.h>
#include <unistd.h>

#include <cstdlib>

namespace preceptor::engine {

int hardware_threads() { return omp_get_num_procs(); }

void wait_briefly(char** arguments) {
  constexpr const char* name = "OMP_WAIT_POLICY";
  if (std::getenv(name) != nullptr || setenv(name, "passive", 1) != 0) return;
  setenv("GOMP_SPINCOUNT", "10000", 0);
  execv("/proc/self/exe", arguments);
}

ThreadScope::ThreadScope(int threads) : before_(omp_get_max_threads()) {
  omp_set_num_threads(threads > 0 ? threads : hardware_threads());
}

ThreadScope::~ThreadScope() { omp_set_num_threads(before_); }

}  // namespace preceptor::engine
