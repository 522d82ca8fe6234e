#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/kernels/precision.hpp"
#include "engine/model/network.hpp"
#include "engine/optimiser/adamw.hpp"
#include "engine/optimiser/schedule.hpp"

namespace preceptor::learning {

enum class ExampleOrder { shuffled, as_given };

// Same weights, examples, options, ISA, threads and library: same bits, interrupted or not.
struct TrainingOptions {
  engine::Schedule::Shape schedule = engine::Schedule::linear;
  float learning_rate = 2e-5F;
  float learning_rate_min = 0.0F;
  std::int64_t warmup_steps = 0;
  engine::AdamWOptions optimiser;

  std::int64_t steps = 0;   // optimiser steps; 0: as many as the epochs take
  std::int64_t epochs = 1;  // used when steps is 0; a batch never crosses an epoch's end
  std::int64_t batch_examples = 16;
  std::int64_t batch_tokens = 0;          // > 0: batches are filled to this many tokens instead
  std::int64_t microbatch_tokens = 4096;  // activations held at once; the gradient is that of the whole batch
  ExampleOrder order = ExampleOrder::shuffled;

  std::uint64_t seed = 0;
  engine::Precision precision = engine::Precision::bf16;
  int threads = 0;  // 0: hardware threads
  engine::Recompute recompute = engine::Recompute::nothing;
  std::int64_t memory_bytes_max = 0;  // a run that needs more is refused; 0: what the machine has left
};

struct StepReport {
  std::int64_t step = 0;  // 1 … steps_total
  std::int64_t steps_total = 0;
  double loss = 0;
  double learning_rate = 0;
  double gradient_norm = 0;  // before clipping
  double tokens_per_second = 0;
  std::map<std::string, double> metrics;  // by objective, averaged over the batch
};

struct TrainingHooks {
  std::function<void(const StepReport&)> on_step;  // between steps: may block to let other work pass
  std::stop_token stop;                            // looked at between steps
  // Where checkpoints go; empty: none. A checkpoint found there is resumed from, to the same bits as a run
  // that was never interrupted; one that belongs to other weights, examples or options is refused (conflict).
  std::filesystem::path checkpoint_folder;
  std::int64_t checkpoint_every_steps = 0;  // 0: only when stopped
};

struct TrainingReport {
  std::int64_t steps = 0;
  std::int64_t examples = 0;           // that carry loss
  std::int64_t examples_left_out = 0;  // of weight 0, or without a token to learn
  std::int64_t tokens_per_epoch = 0;
  std::int64_t resumed_from_step = 0;  // 0: from the start
  std::vector<StepReport> history;     // every step, the resumed ones included
  std::string fingerprint;             // of starting weights, examples and options
};

// All objectives: refuse (too_large) what will not fit into memory, before anything is allocated; refuse
// (invalid) examples that do not fit the model or have weights that are negative or
// not finite, naming the first; refuse (cancelled) when stopped, after writing a checkpoint if there is a
// folder, the parameters then hold the interrupted state; throw Failure when the loss or the gradient stops
// being finite.

}  // namespace preceptor::learning
