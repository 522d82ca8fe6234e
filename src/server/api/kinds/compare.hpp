#pragma once
#include <map>

#include "server/api/kinds/parts.hpp"

namespace preceptor::server::api {

struct ComparePayload {
  std::string outcome;
  std::optional<ResponseId> better;
  std::optional<std::string> strength;
  std::string reason;
  std::vector<Flag> flags;
  std::map<std::string, std::optional<ResponseId>> dimensions;
  std::vector<std::vector<ResponseId>> ranking;
  static void describe(wire::Description<ComparePayload>& is) {
    is.named("ComparePayload");
    is.field("outcome", &ComparePayload::outcome, {.choices = outcome_choices});
    is.optional("better", &ComparePayload::better,
                {.about = "Id of the better response; null unless outcome is better."});
    is.optional("strength", &ComparePayload::strength, {.choices = strength_choices});
    is.optional("reason", &ComparePayload::reason, {.length_max = 20'000});
    is.optional("flags", &ComparePayload::flags, {.items_max = 100});
    is.optional("dimensions", &ComparePayload::dimensions,
                {.items_max = 20, .about = "The better response by the dimension's key; null when even."});
    is.optional("ranking", &ComparePayload::ranking,
                {.items_max = 8, .about = "Best first, those that are even together; each response once."});
  }
};

}  // namespace preceptor::server::api
