// The truth program's verdicts, sent to the server as the figures of an outside program.
#pragma once

#include "cli/demo/api_client.hpp"
#include "cli/demo/simulated_people.hpp"

namespace preceptor::cli {

// Checks every answer of the evaluation; columns: correct, unsupported, asks_back, refused, over_refusal,
// clear, tone.
void send_truth(ApiClient&, std::int64_t evaluation, const demo::World&, const PromptBook&);

}  // namespace preceptor::cli
