#pragma once
#include <map>

#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct RubricPayload {
  std::map<std::string, bool> met;
  std::map<std::string, std::string> notes;
  double score = 0;
  static void describe(wire::Description<RubricPayload>& is) {
    is.named("RubricPayload");
    is.field("met", &RubricPayload::met, {.items_max = 100, .about = "By the criterion's key; all of them."});
    is.optional("notes", &RubricPayload::notes, {.length_max = 20'000, .items_max = 100});
    is.optional("score", &RubricPayload::score,
                {.about = "Weights met over weights above zero, from 0 to 1; written by the server."});
  }
};

}  // namespace preceptor::server::api
