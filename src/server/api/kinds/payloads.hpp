#pragma once
// The payloads of all kinds: each is one file of this folder and one word in the list below.
#include "server/api/kinds/chat.hpp"
#include "server/api/kinds/compare.hpp"
#include "server/api/kinds/edit.hpp"
#include "server/api/kinds/fact_check.hpp"
#include "server/api/kinds/flag.hpp"
#include "server/api/kinds/prompt.hpp"
#include "server/api/kinds/rate.hpp"
#include "server/api/kinds/review.hpp"
#include "server/api/kinds/rewrite.hpp"
#include "server/api/kinds/rubric.hpp"
#include "server/api/kinds/spans.hpp"
#include "server/api/kinds/write.hpp"

namespace preceptor::server::api {

// A member that is one of them.
template <class T>
void describe_payload(wire::Description<T>& is, wire::Json T::*member, wire::Bounds bounds = {}) {
  is.template one_of<ComparePayload, RatePayload, WritePayload, ReviewPayload, SpansPayload, EditPayload,
                     RewritePayload, FlagPayload, RubricPayload, FactCheckPayload, PromptPayload, ChatPayload,
                     AdjudicatePayload, AppealPayload>("payload", member, std::move(bounds));
}

}  // namespace preceptor::server::api
