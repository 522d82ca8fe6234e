#pragma once

namespace preceptor {

// The calling thread's name in top, perf and debuggers; at most 15 letters.
void name_thread(const char* name);

}  // namespace preceptor
