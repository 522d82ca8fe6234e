#pragma once
#include "server/api/kinds/parts.hpp"

namespace preceptor::server::api {

struct FlagPayload {
  std::vector<Flag> flags;
  bool nothing = false;
  std::string note;
  static void describe(wire::Description<FlagPayload>& is) {
    is.named("FlagPayload");
    is.field("flags", &FlagPayload::flags, {.items_max = 100});
    is.optional("nothing", &FlagPayload::nothing, {.about = "There is nothing to flag."});
    is.optional("note", &FlagPayload::note, {.length_max = 20'000});
  }
};

}  // namespace preceptor::server::api
