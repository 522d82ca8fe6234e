#pragma once
// A write that is sent twice under one Idempotency-Key has one effect, and the second answer is the first
// again: for a day, per person and route.
#include <optional>
#include <string>

#include "base/result.hpp"
#include "feedback/answer_records.hpp"
#include "server/http/message.hpp"
#include "server/routes/route.hpp"

namespace preceptor::server {

inline constexpr std::chrono::hours answers_kept{24};
// A request that is under way for so long has died; whoever sends it again starts it again.
inline constexpr std::chrono::minutes request_alive{2};

// Whether the route minds the header: every write of somebody who is signed in. Submitting a judgment has a
// rule of its own (feedback/submit.hpp), since its keys are kept for ever.
bool takes_key(const Route& route);

// The claim that a request with a key makes; nothing without one. Refuses a key that is none.
Result<std::optional<feedback::KeptAnswer>> claim_of(const Call& call);

// In a write. True: this request is the first and must run. False: `before` holds what the first one left.
bool first_with_key(feedback::AnswerRecords& records, const feedback::KeptAnswer& claim,
                    std::optional<feedback::KeptAnswer>& before);

// What the second request is answered: the first answer again; refused with conflict at "Idempotency-Key"
// (422) when the request is another one, with conflict while the first is under way, and when its answer held
// a secret.
Result<http::Response> answer_again(const Route& route, const feedback::KeptAnswer& claim,
                                    const feedback::KeptAnswer& before);

}  // namespace preceptor::server
