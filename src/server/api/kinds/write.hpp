#pragma once
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct WritePayload {
  std::string text, note;
  static void describe(wire::Description<WritePayload>& is) {
    is.named("WritePayload");
    is.field("text", &WritePayload::text, {.length_min = 1, .length_max = 65'536});
    is.optional("note", &WritePayload::note, {.length_max = 20'000});
  }
};

}  // namespace preceptor::server::api
