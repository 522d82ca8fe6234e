#include "engine/kernels/threads.hpp"

#include <omp.h>

namespace preceptor::engine {

int hardware_threads() { return omp_get_num_procs(); }

ThreadScope::ThreadScope(int threads) : before_(omp_get_max_threads()) {
  omp_set_num_threads(threads > 0 ? threads : hardware_threads());
}

ThreadScope::~ThreadScope() { omp_set_num_threads(before_); }

}  // namespace preceptor::engine
