#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace preceptor::engine {

// Items [0, count) for the threads of one parallel region. Each thread has a share of neighbouring items and
// goes through it from the front, so that what it reads lies side by side and the processor reads ahead; then
// it takes from the back of others' shares, as a core of a shared machine may be slow for a while.
class WorkShares {
public:
  // count: below 2^32
  WorkShares(std::size_t count, int threads)
      : share_count_(std::clamp<std::size_t>(static_cast<std::size_t>(threads), 1, shares_max)),
        turn_(std::max<std::size_t>(1, count / (turns_per_share * share_count_))) {
    for (std::size_t i = 0; i < share_count_; ++i)
      shares_[i].left = packed(count * i / share_count_, count * (i + 1) / share_count_);
  }

  std::size_t turn() const { return turn_; }

  // Calls work(begin, end) for at most turn() items at a time until none is left. To be called once by every
  // thread of the region, of any number; items must not share output.
  template <class Work>
  void run(int thread, const Work& work) {
    const std::size_t own = static_cast<std::size_t>(thread) % share_count_;
    for (std::size_t step = 0; step < share_count_; ++step) {
      Share& share = shares_[(own + step) % share_count_];
      for (Items items = share.take(turn_, step == 0); items.begin < items.end;
           items = share.take(turn_, step == 0))
        work(items.begin, items.end);
    }
  }

private:
  static constexpr std::size_t shares_max = 64;
  static constexpr std::size_t turns_per_share = 8;

  struct Items {
    std::size_t begin, end;
  };

  static std::uint64_t packed(std::size_t begin, std::size_t end) {
    return std::uint64_t{end} << 32U | std::uint64_t{begin};
  }

  struct alignas(64) Share {
    std::uint64_t left;  // no std::atomic, which would be cleared in every share there could be

    Items take(std::size_t turn, bool from_front) {
      const std::atomic_ref<std::uint64_t> shared(left);
      std::uint64_t now = shared.load(std::memory_order_relaxed);
      for (;;) {
        const std::size_t begin = now & 0xFFFF'FFFFU, end = now >> 32U;
        const std::size_t count = std::min(turn, end - begin);
        if (count == 0) return {0, 0};
        const auto rest = from_front ? packed(begin + count, end) : packed(begin, end - count);
        if (!shared.compare_exchange_weak(now, rest, std::memory_order_relaxed)) continue;
        return from_front ? Items{begin, begin + count} : Items{end - count, end};
      }
    }
  };

  std::size_t share_count_;
  std::size_t turn_;
  std::array<Share, shares_max> shares_;
};

}  // namespace preceptor::engine
