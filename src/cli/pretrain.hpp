// A model from nothing: corpus, tokenizer, weights, all from one recipe.
#pragma once

#include <filesystem>
#include <stop_token>

#include "cli/recipe.hpp"

namespace preceptor::cli {

struct PretrainOutcome {
  std::int64_t parameters = 0;
  std::int64_t documents = 0;
  std::int64_t tokens = 0;
  std::int64_t steps = 0;
  double loss = 0;
  double seconds = 0;
  std::string weights_sha256;  // of model.safetensors
};

// Writes a Hugging Face folder to `out`; its checkpoints stand in out.checkpoint until it is done, so that a
// run that was interrupted goes on from the last one. Throws Failure.
PretrainOutcome pretrain_from_recipe(const Recipe&, const std::filesystem::path& out, int threads,
                                     std::stop_token);

}  // namespace preceptor::cli
