#include "cli/bench/limits.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include "cli/bench/bench_row.hpp"
#include "engine/kernels/aligned.hpp"
#include "engine/kernels/linear.hpp"
#include "engine/kernels/threads.hpp"

namespace preceptor::cli {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_of(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The middle of seven, after a warm-up: what is held against it is a median too, and a clock that changes
// changes both.
double warm_seconds(const std::function<void()>& work) {
  work();
  std::vector<double> seconds;
  for (int run = 0; run < 7; ++run) seconds.push_back(seconds_of(work));
  return median(std::move(seconds));
}

struct ProductSeconds {
  double forward = 0, backward_input = 0, backward_weight = 0;
};

template <class Real>
ProductSeconds product_seconds(std::int32_t out, std::int32_t in, std::int32_t rows, Pass pass) {
  const auto values = [](std::int64_t a, std::int64_t b) { return static_cast<std::size_t>(a * b); };
  engine::Linear<Real> linear(out, in);
  std::vector<float> weight(values(out, in), 0.01F);
  engine::AlignedArray<Real> x(values(rows, in)), y(values(rows, out));
  linear.pack(weight);
  ProductSeconds seconds;
  seconds.forward = warm_seconds([&] { linear.forward(y.span(), x.span(), rows); });
  if (pass == Pass::forward) return seconds;
  linear.pack_for_backward(weight);
  seconds.backward_input = warm_seconds([&] { linear.backward_input(x.span(), y.span(), rows); });
  if (pass == Pass::forward_and_backward) {
    seconds.backward_weight =
        warm_seconds([&] { linear.backward_weight_in_library(weight, y.span(), x.span(), rows); });
  }
  return seconds;
}

// Rows of logits that the head's products are measured at.
constexpr std::int64_t head_rows_at_once = 256;
// Length of the square that the attention products are measured at.
constexpr std::int32_t attention_length = 512;

template <class Real>
double typed_gemm_seconds(const engine::ModelConfig& config, const PassWork& work, Pass pass) {
  const auto sum = [&](std::int32_t out, std::int32_t in, std::int64_t rows) {
    const ProductSeconds s = product_seconds<Real>(out, in, static_cast<std::int32_t>(rows), pass);
    return s.forward + s.backward_input + s.backward_weight;
  };
  double seconds = 0;
  seconds += sum(config.qkv_width(), config.hidden_size, work.rows);
  seconds += sum(config.hidden_size, config.query_width(), work.rows);
  seconds += sum(config.gate_up_width(), config.hidden_size, work.rows);
  seconds += sum(config.hidden_size, config.intermediate_size, work.rows);
  seconds *= config.layer_count;
  if (work.head_rows > 0) {
    const std::int64_t at_once = std::min(head_rows_at_once, work.head_rows);
    seconds += sum(config.vocabulary_size, config.hidden_size, at_once) *
               static_cast<double>(work.head_rows) / static_cast<double>(at_once);
  }
  if (work.visible > 0) {
    // Scores like (length × dim) · (dim × length), results like (length × length) · (length × dim); backward
    // has one more of the former and three more of the latter.
    const double scores =
        product_seconds<Real>(attention_length, config.head_dim, attention_length, Pass::forward).forward;
    const double results =
        product_seconds<Real>(config.head_dim, attention_length, attention_length, Pass::forward).forward;
    const double both = pass == Pass::forward ? scores + results : 2 * scores + 4 * results;
    seconds += both * work.visible / (double{attention_length} * attention_length) * config.head_count *
               config.layer_count;
  }
  return seconds;
}

}  // namespace

double gemm_seconds(const engine::ModelConfig& config, const PassWork& work, Pass pass, int threads) {
  const engine::ThreadScope scope(threads);
  if (engine::usable_precision(engine::Precision::bf16) == engine::Precision::bf16) {
    return typed_gemm_seconds<engine::Bf16>(config, work, pass);
  }
  return typed_gemm_seconds<float>(config, work, pass);
}

double memory_read_rate(int threads) {
  const int count = threads > 0 ? threads : engine::hardware_threads();
  constexpr std::size_t words_each = std::size_t{32} << 20U;  // 256 MB a thread: beyond every cache
  // In huge pages, as weights are, and in vectors.
  using Words = std::uint64_t __attribute__((vector_size(16)));
  constexpr std::size_t vector_words = 2;
  constexpr std::size_t vectors_at_once = 8;
  std::vector<engine::AlignedArray<std::uint64_t>> memory(static_cast<std::size_t>(count));
  std::vector<std::uint64_t> sums(memory.size());
  const auto on_every_thread = [&](const std::function<void(std::size_t)>& work) {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < memory.size(); ++i) workers.emplace_back([&, i] { work(i); });
  };
  on_every_thread([&](std::size_t i) {
    memory[i] = engine::AlignedArray<std::uint64_t>(words_each);
    std::ranges::fill(memory[i].span(), i + 1);
  });
  const double seconds = warm_seconds([&] {
    on_every_thread([&](std::size_t i) {
      Words lanes[vectors_at_once] = {};
      const auto* words = reinterpret_cast<const Words*>(memory[i].data());
      for (std::size_t at = 0; at < words_each / vector_words; at += vectors_at_once) {
#pragma GCC unroll 8
        for (std::size_t lane = 0; lane < vectors_at_once; ++lane) lanes[lane] += words[at + lane];
      }
      for (const Words& lane : lanes) sums[i] += lane[0] + lane[1];
    });
  });
  if (std::ranges::find(sums, 0U) != sums.end()) return 0;  // never: every word is above 0; keeps the reads
  return static_cast<double>(memory.size() * words_each * sizeof(std::uint64_t)) / seconds;
}

}  // namespace preceptor::cli
