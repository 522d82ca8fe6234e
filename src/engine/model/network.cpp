#include "engine/model/network.hpp"

#include <algorithm>
#include <string>

#include "engine/kernels/isa.hpp"
#include "engine/kernels/threads.hpp"
#include "engine/model/decoder.hpp"
#include "engine/model/language_head.hpp"
#include "engine/model/score_head.hpp"

namespace preceptor::engine {

// What Network does, behind the type of its activations.
class Network::Graph {
public:
  Graph(const ModelWeights& weights, const ParameterArena& learned, NetworkOptions options)
      : weights_(weights), learned_size_(learned.values().size()), options_(options) {}
  virtual ~Graph() = default;

  virtual void weights_changed() = 0;
  virtual std::vector<float> logprobs(const PackedBatch& batch, std::span<const Target> targets,
                                      Keep keep) = 0;
  virtual void backward_logprobs(std::span<const float> d_logprobs) = 0;
  virtual std::vector<float> accumulate_logprobs(const PackedBatch& batch, std::span<const Target> targets,
                                                 std::span<const float> d_logprobs) = 0;
  virtual std::vector<float> scores(const PackedBatch& batch, Keep keep) = 0;
  virtual void backward_scores(std::span<const float> d_scores) = 0;
  virtual std::vector<float> logits(const PackedBatch& batch, std::span<const std::int32_t> rows) = 0;

  const NetworkOptions& options() const { return options_; }

  // Made when first asked for: a network that only infers needs none.
  std::span<float> gradients() {
    if (gradients_.size() == 0) gradients_ = AlignedArray<float>(learned_size_);
    return gradients_.span();
  }

protected:
  const ModelConfig& config() const { return weights_.config(); }

  Gradients where_gradients_go() {
    if (weights_.adapter() == nullptr) {
      return {.tables_and_matrices = gradients(), .vectors = gradients(), .adapter = {}};
    }
    const std::size_t vectors = weights_.vectors().size();
    if (unread_vectors_.size() != vectors) unread_vectors_ = AlignedArray<float>(vectors);
    return {.tables_and_matrices = {}, .vectors = unread_vectors_.span(), .adapter = gradients()};
  }

private:
  ModelWeights weights_;
  std::size_t learned_size_;
  NetworkOptions options_;
  AlignedArray<float> gradients_;
  AlignedArray<float> unread_vectors_;
};

namespace {

enum class Kept { nothing, logprobs, scores };

void check_derivatives(Kept kept, Kept wanted, std::size_t got, std::size_t expected) {
  if (kept != wanted) throw Failure(ErrorKind::internal, "a backward without its forward");
  if (got != expected) {
    throw Failure(ErrorKind::internal, "a backward with " + std::to_string(got) + " derivatives for " +
                                           std::to_string(expected) + " results");
  }
}

template <class Real>
class TypedGraph final : public Network::Graph {
public:
  TypedGraph(const ModelWeights& weights, const ParameterArena& learned, NetworkOptions options)
      : Graph(weights, learned, options),
        frozen_(weights.adapter() != nullptr),
        decoder_(weights, options.recompute),
        language_head_(weights),
        score_head_(weights) {}

  void weights_changed() override {
    decoder_.weights_changed();
    if (!frozen_) language_head_.weights_changed();
  }

  std::vector<float> logprobs(const PackedBatch& batch, std::span<const Target> targets, Keep keep) override {
    check_targets(targets, batch, config());
    Pass& pass = run(batch, keep);
    language_head_.forward(pass.language, pass.decoder.residual, targets);
    if (keep == Keep::for_backward) kept_ = Kept::logprobs;
    const auto result = pass.language.logprobs.first(targets.size());
    return {result.begin(), result.end()};
  }

  void backward_logprobs(std::span<const float> d_logprobs) override {
    check_derivatives(kept_, Kept::logprobs, d_logprobs.size(), training_.language.count);
    language_head_.backward(training_.language, d_logprobs, zero_d_residual(), where_gradients_go());
    decoder_.backward(training_.decoder, d_residual_, where_gradients_go());
  }

  std::vector<float> accumulate_logprobs(const PackedBatch& batch, std::span<const Target> targets,
                                         std::span<const float> d_logprobs) override {
    check_targets(targets, batch, config());
    check_derivatives(kept_, kept_, d_logprobs.size(), targets.size());
    Pass& pass = run(batch, Keep::for_backward);
    language_head_.forward_backward(pass.language, pass.decoder.residual, targets, d_logprobs,
                                    zero_d_residual(), where_gradients_go());
    decoder_.backward(pass.decoder, d_residual_, where_gradients_go());
    const auto result = pass.language.logprobs.first(targets.size());
    return {result.begin(), result.end()};
  }

  std::vector<float> scores(const PackedBatch& batch, Keep keep) override {
    Pass& pass = run(batch, keep);
    score_head_.forward(pass.score, pass.decoder.residual, batch.starts);
    if (keep == Keep::for_backward) kept_ = Kept::scores;
    return pass.score.scores;
  }

  void backward_scores(std::span<const float> d_scores) override {
    check_derivatives(kept_, Kept::scores, d_scores.size(), training_.score.scores.size());
    score_head_.backward(training_.score, d_scores, zero_d_residual(), where_gradients_go());
    decoder_.backward(training_.decoder, d_residual_, where_gradients_go());
  }

  std::vector<float> logits(const PackedBatch& batch, std::span<const std::int32_t> rows) override {
    for (const std::int32_t row : rows) {
      if (row < 0 || static_cast<std::size_t>(row) >= batch.tokens.size()) {
        throw Failure(ErrorKind::invalid, "row " + std::to_string(row) + " is outside the batch");
      }
    }
    return language_head_.logits(run(batch, Keep::nothing).decoder.residual, rows);
  }

private:
  // Activations of one forward. Training's stay while inference uses its own.
  struct Pass {
    DecoderActivations<Real> decoder;
    HeadActivations<Real> language;
    ScoreActivations score;
  };

  Pass& run(const PackedBatch& batch, Keep keep) {
    Pass& pass = keep == Keep::for_backward ? training_ : inference_;
    if (keep == Keep::for_backward) kept_ = Kept::nothing;
    decoder_.forward(pass.decoder, batch, keep);
    return pass;
  }

  std::span<float> zero_d_residual() {
    const std::size_t size = training_.decoder.residual.size();
    d_residual_arena_.carve([&](Carver& carver) { d_residual_ = carver.take<float>(size); });
    std::ranges::fill(d_residual_, 0.0F);
    return d_residual_;
  }

  bool frozen_;
  Decoder<Real> decoder_;
  LanguageHead<Real> language_head_;
  ScoreHead score_head_;
  Pass training_;
  Pass inference_;
  Arena d_residual_arena_;
  std::span<float> d_residual_;
  Kept kept_ = Kept::nothing;
};

std::unique_ptr<Network::Graph> make_graph(const ModelWeights& weights, const ParameterArena& learned,
                                           NetworkOptions options) {
  chosen_isa();
  options.precision = usable_precision(options.precision);
  const ThreadScope threads(options.threads);
  if (options.precision == Precision::bf16)
    return std::make_unique<TypedGraph<Bf16>>(weights, learned, options);
  return std::make_unique<TypedGraph<float>>(weights, learned, options);
}

}  // namespace

Network::Network(Parameters& parameters, NetworkOptions options)
    : graph_(make_graph(ModelWeights(parameters), parameters, options)) {}
Network::Network(const FrozenWeights& base, LoraParameters& adapter, NetworkOptions options)
    : graph_(make_graph(ModelWeights(base, adapter), adapter, options)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Precision Network::precision() const { return graph_->options().precision; }

void Network::weights_changed() { graph_->weights_changed(); }

std::vector<float> Network::forward_logprobs(const PackedBatch& batch, std::span<const Target> targets) {
  const ThreadScope threads(graph_->options().threads);
  return graph_->logprobs(batch, targets, Keep::for_backward);
}

void Network::backward_logprobs(std::span<const float> d_logprobs) {
  const ThreadScope threads(graph_->options().threads);
  graph_->backward_logprobs(d_logprobs);
}

std::vector<float> Network::accumulate_logprobs(const PackedBatch& batch, std::span<const Target> targets,
                                                std::span<const float> d_logprobs) {
  const ThreadScope threads(graph_->options().threads);
  return graph_->accumulate_logprobs(batch, targets, d_logprobs);
}

std::vector<float> Network::logprobs(const PackedBatch& batch, std::span<const Target> targets) {
  const ThreadScope threads(graph_->options().threads);
  return graph_->logprobs(batch, targets, Keep::nothing);
}

std::vector<float> Network::forward_scores(const PackedBatch& batch) {
  const ThreadScope threads(graph_->options().threads);
  return graph_->scores(batch, Keep::for_backward);
}

void Network::backward_scores(std::span<const float> d_scores) {
  const ThreadScope threads(graph_->options().threads);
  graph_->backward_scores(d_scores);
}

std::vector<float> Network::scores(const PackedBatch& batch) {
  const ThreadScope threads(graph_->options().threads);
  return graph_->scores(batch, Keep::nothing);
}

std::vector<float> Network::logits(const PackedBatch& batch, std::span<const std::int32_t> rows) {
  const ThreadScope threads(graph_->options().threads);
  return graph_->logits(batch, rows);
}

std::span<float> Network::gradients() { return graph_->gradients(); }

void Network::zero_gradients() { std::ranges::fill(graph_->gradients(), 0.0F); }

}  // namespace preceptor::engine
