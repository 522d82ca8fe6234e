#include "engine/kernels/work_shares.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace preceptor::engine {
namespace {

TEST(WorkShares, GiveEveryItemOnceWhateverTheThreads) {
  for (const std::size_t count : {0U, 1U, 5U, 64U, 1000U}) {
    for (const int shares_for : {1, 2, 3, 100}) {
      for (const int threads : {1, 2, 4}) {
        std::vector<std::atomic<int>> taken(count);
        WorkShares shares(count, shares_for);
        EXPECT_LE(shares.turn() * 8,
                  std::max<std::size_t>(8, count / static_cast<std::size_t>(std::min(shares_for, 64))));
        const auto run = [&](int thread) {
          shares.run(thread, [&](std::size_t begin, std::size_t end) {
            EXPECT_LE(end - begin, shares.turn());
            for (std::size_t item = begin; item < end; ++item) ++taken[item];
          });
        };
        {
          std::vector<std::jthread> crowd;
          for (int thread = 0; thread < threads; ++thread) crowd.emplace_back(run, thread);
        }
        for (const auto& times : taken) ASSERT_EQ(times, 1) << count << ' ' << shares_for << ' ' << threads;
      }
    }
  }
}

TEST(WorkShares, GoThroughTheirOwnFromTheFrontAndThroughOthersFromTheBack) {
  WorkShares shares(8, 2);
  std::vector<std::size_t> order;
  shares.run(1, [&](std::size_t begin, std::size_t) { order.push_back(begin); });
  EXPECT_EQ(order, (std::vector<std::size_t>{4, 5, 6, 7, 3, 2, 1, 0}));
}

TEST(WorkShares, OfASlowThreadAreDoneByTheOthers) {
  constexpr std::size_t count = 15;  // so few that a turn is one item
  WorkShares shares(count, 2);
  std::atomic<std::size_t> done = 0, by_the_slow_one = 0;
  std::jthread slow([&] {
    shares.run(0, [&](std::size_t, std::size_t) {
      ++by_the_slow_one;
      while (done + 1 < count) std::this_thread::yield();
      ++done;
    });
  });
  while (by_the_slow_one == 0) std::this_thread::yield();
  shares.run(1, [&](std::size_t, std::size_t) { ++done; });
  slow.join();
  EXPECT_EQ(done, count);
  EXPECT_EQ(by_the_slow_one, 1U);
}

}  // namespace
}  // namespace preceptor::engine
