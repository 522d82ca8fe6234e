#pragma once

#include <omp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace preceptor::engine {

// Calls work(begin, end) for consecutive blocks of [0, count). The blocks depend on count and block alone,
// never on the number of threads, so that sums kept per block have the same bits with any number.
template <class Work>
void parallel_blocks(std::size_t count, std::size_t block, const Work& work) {
  const auto blocks = static_cast<std::int64_t>((count + block - 1) / block);
  if (blocks <= 1) {
    if (count > 0) work(std::size_t{0}, count);
    return;
  }
#pragma omp parallel for schedule(static)
  for (std::int64_t index = 0; index < blocks; ++index) {
    const std::size_t begin = static_cast<std::size_t>(index) * block;
    work(begin, std::min(count, begin + block));
  }
}

// Calls work(item) for every item of [0, count), in any order on any thread: items must not share output.
template <class Work>
void parallel_items(std::size_t count, const Work& work) {
#pragma omp parallel for schedule(dynamic, 1)
  for (std::int64_t item = 0; item < static_cast<std::int64_t>(count); ++item)
    work(static_cast<std::size_t>(item));
}

}  // namespace preceptor::engine
