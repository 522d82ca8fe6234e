#pragma once
// Parts of the payloads of several kinds.
#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct Flag {
  ResponseId response_id;
  std::string flag;
  static void describe(wire::Description<Flag>& is) {
    is.named("Flag");
    is.field("response_id", &Flag::response_id);
    is.field("flag", &Flag::flag, {.choices = flag_choices});
  }
};

}  // namespace preceptor::server::api
