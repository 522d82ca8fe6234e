#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/parameters.hpp"

// Low-rank adaptation (https://arxiv.org/abs/2106.09685): a matrix W of (outputs, inputs) acts as
// W + scale * B * A.
namespace preceptor::engine {

// One adapted matrix. Rows and columns are those of the arena, whatever the files hold.
struct LoraTarget {
  std::string weight;  // the parameter it adds to: "model.layers.0.self_attn.q_proj.weight"
  std::int64_t outputs = 0;
  std::int64_t inputs = 0;
  std::vector<float> a;  // (rank, inputs)
  std::vector<float> b;  // (outputs, rank)
};

struct LoraAdapter {
  std::int32_t rank = 0;
  float alpha = 0;
  bool rank_stabilised = false;     // scale = alpha / sqrt(rank) (https://arxiv.org/abs/2312.03732)
  float dropout = 0;                // of the training; means nothing afterwards
  std::string base_model;           // where the model it adapts came from; may be empty
  std::vector<LoraTarget> targets;  // each weight once
  std::vector<float> score;         // (label_count, hidden): a classifier's head, learned whole; else empty

  float scale() const;  // else alpha / rank
};

// Refuses an adapter that does not fit a model of this shape: a target that the model lacks or that is no
// matrix of a layer, sizes that differ, a weight adapted twice, a score head for a model without one, values
// that are not finite.
Result<void> check(const LoraAdapter& adapter, const ModelConfig& config);

// Adds scale * B * A to every target and puts the score head, if there is one, in place of the model's. The
// adapter has passed check() for the parameters' configuration. The same bits with any number of threads.
void merge(Parameters& parameters, const LoraAdapter& adapter);

}  // namespace preceptor::engine
