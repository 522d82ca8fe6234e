#include <algorithm>
#include <chrono>

#include "base/format.hpp"
#include "cli/bench/benches.hpp"
#include "cli/bench/limits.hpp"
#include "engine/generation/generator.hpp"

namespace preceptor::cli {
namespace {

struct Case {
  std::size_t streams;
  std::int32_t prompt;
  std::int32_t answer;
  engine::WeightFormat weights = engine::WeightFormat::as_products;

  double bytes_per_weight() const { return weights == engine::WeightFormat::int8 ? 1 : 2; }
};

std::vector<engine::GenerationRequest> requests_of(const Case& one, const BenchOptions& options, int run) {
  std::vector<engine::GenerationRequest> requests(one.streams);
  for (std::size_t i = 0; i < one.streams; ++i) {
    // Every run and stream has a prompt of its own, so that nothing is found in a cache.
    requests[i].prompt = bench_tokens(one.prompt, bench_config(options.shape).vocabulary_size,
                                      100'000 + 1000 * static_cast<std::uint64_t>(run) + i);
    requests[i].sampling.tokens_max = one.answer;
    requests[i].sampling.seed = i;
  }
  return requests;
}

double seconds_of(engine::Generator& generator, const Case& one, const BenchOptions& options, int run) {
  const auto requests = requests_of(one, options, run);
  const auto start = std::chrono::steady_clock::now();
  generator.generate(requests);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

BenchRow generate(const BenchOptions& options, const Case& one, bool prompt_counts) {
  const engine::Parameters parameters = bench_parameters(options.shape);
  engine::Generator generator(parameters, {.weights = one.weights, .threads = options.threads});
  seconds_of(generator, one, options, -1);
  BenchRow row{.unit = "tokens/s"};
  const double tokens = static_cast<double>(one.streams) * (prompt_counts ? one.prompt : one.answer);
  for (int run = 0; run < options.runs; ++run) {
    row.values.push_back(tokens / seconds_of(generator, one, options, run));
  }
  return row;
}

constexpr Case prompt_512{1, 512, 1};

BenchRow prefill(const BenchOptions& options) {
  BenchRow row = generate(options, prompt_512, true);
  row.work = format("{}, one prompt of 512 tokens and one token of answer", options.shape);
  row.limit_kind = "the pass's matrix products in oneDNN";
  return row;
}

double prefill_limit(const BenchOptions& options) {
  const PassWork work{.rows = 512, .head_rows = 1, .visible = AttentionWork::causal(512).visible};
  return 512 / gemm_seconds(bench_config(options.shape), work, Pass::forward, options.threads);
}

// Weights and cache read for each new token, at the memory's rate, or the products if they take longer.
double decode_limit(const BenchOptions& options, const Case& one) {
  const engine::ModelConfig config = bench_config(options.shape);
  const double weights = one.bytes_per_weight() * static_cast<double>(engine::Parameters(config).count());
  const double length = one.prompt + one.answer / 2.0;
  const double cache = 2.0 * 2.0 * config.layer_count * config.key_width() * length;
  const auto streams = static_cast<std::int64_t>(one.streams);
  const double bytes = weights + cache * static_cast<double>(one.streams);
  const double read = bytes / memory_read_rate(options.threads);
  const PassWork work{
      .rows = streams, .head_rows = streams, .visible = length * static_cast<double>(streams)};
  const double products = one.streams > 1 ? gemm_seconds(config, work, Pass::forward, options.threads) : 0;
  return static_cast<double>(one.streams) / std::max(read, products);
}

Bench decode(const Case& one) {
  const bool int8 = one.weights == engine::WeightFormat::int8;
  return {"generate", format("decode_{}{}", one.streams, int8 ? "_int8" : ""),
          [one, int8](const BenchOptions& options) {
            BenchRow row = generate(options, one, false);
            row.work =
                format("{}{}, {} at once, prompts of {} and answers of {} tokens, the prompts' time counted",
                       options.shape, int8 ? " in eight bits" : "", one.streams, one.prompt, one.answer);
            row.limit_kind =
                format("{} weights and cache read at the memory's rate, or the products in oneDNN",
                       int8 ? "int8" : "bf16");
            return row;
          },
          [one](const BenchOptions& options) { return decode_limit(options, one); }};
}

}  // namespace

std::vector<Bench> generation_benches() {
  return {{"generate", "prefill_512", prefill, prefill_limit},
          decode({1, 16, 128}),
          decode({1, 16, 128, engine::WeightFormat::int8}),
          decode({32, 128, 128}),
          decode({64, 128, 128})};
}

}  // namespace preceptor::cli
