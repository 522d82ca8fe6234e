#pragma once

#include <span>
#include <vector>

#include "base/result.hpp"
#include "engine/model/trainee.hpp"
#include "learning/training.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::learning {

// Language modelling on raw documents (see document() in collation.hpp): every token but the first of a
// document is predicted once. Documents longer than the context are cut into windows that share one token;
// short ones are packed side by side and never see each other. Loss: mean negative log-likelihood per token.
// Metrics: perplexity.
Result<TrainingReport> pretrain(const engine::Trainee& trainee,
                                std::span<const std::vector<text::TokenId>> documents,
                                const TrainingOptions& options, const TrainingHooks& hooks = {});

}  // namespace preceptor::learning
