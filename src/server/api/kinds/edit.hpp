#pragma once
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct EditPayload {
  std::string text, note;
  bool good_as_is = false;
  std::vector<std::vector<std::string>> diff;
  static void describe(wire::Description<EditPayload>& is) {
    is.named("EditPayload");
    is.field("text", &EditPayload::text, {.length_max = 65'536});
    is.optional("good_as_is", &EditPayload::good_as_is, {.about = "The response needs no change."});
    is.optional("note", &EditPayload::note, {.length_max = 20'000});
    is.optional("diff", &EditPayload::diff,
                {.about = "Word by word [sign, text], the sign being = - or +; written by the server."});
  }
};

}  // namespace preceptor::server::api
