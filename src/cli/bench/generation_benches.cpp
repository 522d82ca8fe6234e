#include <algorithm>
#include <chrono>
#include <memory>
#include <variant>

#include "base/format.hpp"
#include "cli/bench/benches.hpp"
#include "cli/bench/limits.hpp"
#include "cli/command.hpp"
#include "engine/formats/opened_model.hpp"
#include "engine/generation/generator.hpp"
#include "engine/parameter_layout.hpp"

namespace preceptor::cli {
namespace {

struct Case {
  std::size_t streams;
  std::int32_t prompt;
  std::int32_t answer;
  engine::WeightFormat weights = engine::WeightFormat::as_products;
  bool one_prompt = false;  // of which all streams are samples

  std::size_t prompts() const { return one_prompt ? 1 : streams; }
};

constexpr Case prompt_512{1, 512, 1};

constexpr Case samples(std::size_t count) {
  return {.streams = count, .prompt = 128, .answer = 128, .one_prompt = true};
}

// What a bench generates with: a file's weights as they are stored, or random ones of a shape.
class BenchWeights {
public:
  explicit BenchWeights(const BenchOptions& options)
      : weights_(options.model.empty() ? Weights(bench_parameters(options.shape))
                                       : Weights(or_throw(engine::open_model(options.model)).weights)) {}

  engine::WeightSource source() const {
    return std::visit([](const auto& weights) { return engine::WeightSource(weights); }, weights_);
  }
  const engine::ModelConfig& config() const {
    return std::visit([](const auto& weights) -> const engine::ModelConfig& { return weights.config(); },
                      weights_);
  }

private:
  using Weights = std::variant<engine::Parameters, engine::StoredWeights>;
  Weights weights_;
};

// What limits need to know of them.
struct WeightFacts {
  engine::ModelConfig config;
  double bytes = 0;  // read for each token
};

WeightFacts weight_facts(const BenchOptions& options, engine::WeightFormat format) {
  if (!options.model.empty()) {
    const auto weights = or_throw(engine::open_model(options.model)).weights;
    return {weights.config(), static_cast<double>(weights.bytes())};
  }
  WeightFacts facts{.config = bench_config(options.shape)};
  for (const auto& one : engine::parameter_layout(facts.config).list)
    facts.bytes += static_cast<double>(one.count) * (format == engine::WeightFormat::int8 ? 1 : 2);
  return facts;
}

std::vector<engine::GenerationRequest> requests_of(const Case& one, const engine::ModelConfig& config,
                                                   int run) {
  std::vector<engine::GenerationRequest> requests(one.streams);
  for (std::size_t i = 0; i < one.streams; ++i) {
    // Every run and prompt differs, so that nothing is found in a cache.
    requests[i].prompt = bench_tokens(one.prompt, config.vocabulary_size,
                                      100'000 + 1000 * static_cast<std::uint64_t>(run) + i % one.prompts());
    requests[i].sampling.tokens_max = one.answer;
    requests[i].sampling.tokens_min = one.answer;
    requests[i].sampling.seed = i;
  }
  return requests;
}

double seconds_of(engine::Generator& generator, const Case& one, const engine::ModelConfig& config, int run) {
  const auto requests = requests_of(one, config, run);
  const auto start = std::chrono::steady_clock::now();
  generator.generate(requests);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

BenchRow generate(const BenchOptions& options, const Case& one, bool prompt_counts) {
  const BenchWeights weights(options);
  engine::Generator generator(weights.source(), {.weights = one.weights, .threads = options.threads});
  seconds_of(generator, one, weights.config(), -1);
  BenchRow row{.unit = "tokens/s"};
  const double tokens = static_cast<double>(one.streams) * (prompt_counts ? one.prompt : one.answer);
  for (int run = 0; run < options.runs; ++run) {
    options.before_run();
    row.values.push_back(tokens / seconds_of(generator, one, weights.config(), run));
  }
  return row;
}

BenchRow prefill(const BenchOptions& options) {
  BenchRow row = generate(options, prompt_512, true);
  row.work = format("{}, one prompt of 512 tokens and one token of answer", options.model_name());
  row.limit_kind = "the pass's matrix products in oneDNN";
  return row;
}

double prefill_limit(const BenchOptions& options) {
  const PassWork work{.rows = 512, .head_rows = 1, .visible = AttentionWork::causal(512).visible};
  const auto config = weight_facts(options, engine::WeightFormat::as_products).config;
  return 512 / gemm_seconds(config, work, Pass::forward, options.threads);
}

// The prompts' products, then for each new token weights and cache read at the memory's rate, or the products
// if they take longer.
double decode_limit(const BenchOptions& options, const Case& one) {
  const auto [config, weight_bytes] = weight_facts(options, one.weights);
  const double length = one.prompt + one.answer / 2.0;
  const double cache = 2.0 * 2.0 * config.layer_count * config.key_width() * length;
  const auto streams = static_cast<std::int64_t>(one.streams);
  const double bytes = weight_bytes + cache * static_cast<double>(one.streams);
  const double read = bytes / memory_read_rate(options.threads);
  const PassWork work{
      .rows = streams, .head_rows = streams, .visible = length * static_cast<double>(streams)};
  const double products = one.streams > 1 ? gemm_seconds(config, work, Pass::forward, options.threads) : 0;
  const auto prompt_count = static_cast<std::int64_t>(one.prompts());
  const PassWork prompts{
      .rows = prompt_count * one.prompt,
      .head_rows = prompt_count,
      .visible = AttentionWork::causal(one.prompt).visible * static_cast<double>(prompt_count)};
  const double begin = gemm_seconds(config, prompts, Pass::forward, options.threads);
  return static_cast<double>(one.streams) * one.answer / (begin + one.answer * std::max(read, products));
}

std::string work_of(const Case& one) {
  if (one.one_prompt) {
    return format("{} samples of one prompt of {} tokens, answers of {}, the prompt's time counted",
                  one.streams, one.prompt, one.answer);
  }
  return format("{} at once, prompts of {} and answers of {} tokens, the prompts' time counted", one.streams,
                one.prompt, one.answer);
}

Bench decode(const std::string& prefix, const Case& one) {
  const bool int8 = one.weights == engine::WeightFormat::int8;
  return {
      "generate",
      format("{}{}_{}{}", prefix, one.one_prompt ? "samples" : "decode", one.streams, int8 ? "_int8" : ""),
      [one, int8](const BenchOptions& options) {
        BenchRow row = generate(options, one, false);
        row.work = format("{}{}, {}", options.model_name(), int8 ? " in eight bits" : "", work_of(one));
        row.limit_kind =
            "the prompts' products in oneDNN; then weights and cache read at the memory's rate, or the "
            "products";
        return row;
      },
      [one](const BenchOptions& options) { return decode_limit(options, one); }};
}

}  // namespace

std::vector<Bench> generation_benches() {
  return {{"generate", "prefill_512", prefill, prefill_limit},
          decode("", {1, 16, 128}),
          decode("", {1, 16, 128, engine::WeightFormat::int8}),
          decode("", {32, 128, 128}),
          decode("", {64, 128, 128}),
          decode("", samples(32)),
          decode("", samples(64))};
}

std::vector<Bench> model_benches() {
  return {{"generate", "model_prefill_512", prefill, prefill_limit},
          decode("model_", {1, 16, 128}),
          decode("model_", {32, 128, 128}),
          decode("model_", samples(32))};
}

}  // namespace preceptor::cli
