#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/frozen_weights.hpp"
#include "engine/kernels/precision.hpp"
#include "engine/lora_parameters.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// Sequences laid end to end without padding. They never see each other; positions restart at 0 in each.
// Several sequences may continue one root, a prompt with its answers: they see all of it and count positions
// on from its end, and it goes through the network once, forward and backward.
struct PackedBatch {
  std::vector<std::int32_t> tokens;
  std::vector<std::int32_t> starts;  // sequences + 1 offsets into tokens, first 0, last tokens.size()
  std::vector<std::int32_t>
      parents;  // of each sequence: an earlier one that it continues, or -1; empty: all -1
};

// The logits of packed row `row` should predict `token`.
struct Target {
  std::int32_t row = 0;
  std::int32_t token = 0;
};

// What a forward keeps for its backward: every layer's activations, or only their inputs (2 to 4 bytes a
// value of the residual stream against some 20), from which each layer is then computed a second time: about
// a third more work.
enum class Recompute { nothing, layers };

struct NetworkOptions {
  Precision precision = Precision::bf16;  // fp32 is used where the CPU lacks bf16 products
  int threads = 0;                        // 0: hardware threads
  Recompute recompute = Recompute::nothing;
};

// The training graph: owns activations, packed weights and gradients, borrows the weights, which must outlive
// it and stay in place. Either all weights learn, or a low-rank adapter over frozen ones does. Every
// objective is a function of target log-probabilities or of sequence scores: call a forward, compute the
// derivative of the loss by its result, call the matching backward. Same inputs, ISA, threads and library
// give the same bits. Not thread-safe. Throws Failure(invalid) for a batch that does not fit the model: an id
// outside the vocabulary, a sequence that is empty or beyond the context, offsets out of order, a target
// outside the batch.
class Network {
public:
  Network(Parameters& parameters, NetworkOptions options);
  Network(const FrozenWeights& base, LoraParameters& adapter, NetworkOptions options);
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

  Precision precision() const;

  // Repacks the weights; call after an optimiser step or a load.
  void weights_changed();

  // Log-probability of each target, in order. The forward keeps what its backward needs until the next
  // forward.
  std::vector<float> forward_logprobs(const PackedBatch& batch, std::span<const Target> targets);
  // Adds into gradients(). d_logprobs: one per target.
  void backward_logprobs(std::span<const float> d_logprobs);
  // Both at once, where the derivatives are known beforehand, as those of a likelihood are: spares computing
  // logits twice, of which only some rows' stand in memory at a time. Returns the log-probabilities.
  std::vector<float> accumulate_logprobs(const PackedBatch& batch, std::span<const Target> targets,
                                         std::span<const float> d_logprobs);
  // The same values without keeping anything for a backward.
  std::vector<float> logprobs(const PackedBatch& batch, std::span<const Target> targets);

  // (sequences, label_count): the score head read at each sequence's last row.
  std::vector<float> forward_scores(const PackedBatch& batch);
  void backward_scores(std::span<const float> d_scores);
  std::vector<float> scores(const PackedBatch& batch);

  // (rows, vocabulary): all logits of the given rows; for tests and golden files.
  std::vector<float> logits(const PackedBatch& batch, std::span<const std::int32_t> rows);

  // In the layout of what learns, fp32.
  std::span<float> gradients();
  void zero_gradients();

  class Graph;

private:
  std::unique_ptr<Graph> graph_;
};

}  // namespace preceptor::engine
