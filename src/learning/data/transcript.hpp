#pragma once

#include <string_view>

#include "base/result.hpp"
#include "learning/data/dataset.hpp"

namespace preceptor::learning {

// hh-rlhf: both texts are whole transcripts. The prompt is their common prefix cut back to the last
// "\n\nAssistant: "; what follows is each answer and must be a single turn.
Result<ImportedPreference> preference_of_transcripts(std::string_view chosen, std::string_view rejected);

}  // namespace preceptor::learning
