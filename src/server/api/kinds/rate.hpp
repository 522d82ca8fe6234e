#pragma once
#include <map>

#include "server/api/kinds/parts.hpp"

namespace preceptor::server::api {

struct RatePayload {
  std::map<std::string, std::int64_t> scores;
  std::map<std::string, std::string> reasons;
  std::vector<Flag> flags;
  static void describe(wire::Description<RatePayload>& is) {
    is.named("RatePayload");
    is.field("scores", &RatePayload::scores, {.items_max = 20, .about = "By the dimension's key."});
    is.optional("reasons", &RatePayload::reasons, {.length_max = 20'000, .items_max = 20});
    is.optional("flags", &RatePayload::flags, {.items_max = 100});
  }
};

}  // namespace preceptor::server::api
