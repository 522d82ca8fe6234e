#include "base/thread_name.hpp"

#include <pthread.h>

namespace preceptor {

void name_thread(const char* name) { ::pthread_setname_np(::pthread_self(), name); }

}  // namespace preceptor
