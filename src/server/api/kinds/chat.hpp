#pragma once
#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct ChatTurn {
  ExchangeId exchange_id;
  std::string verdict, note;
  static void describe(wire::Description<ChatTurn>& is) {
    is.named("ChatTurn");
    is.field("exchange_id", &ChatTurn::exchange_id);
    is.field("verdict", &ChatTurn::verdict, {.choices = {"good", "flawed", "bad"}});
    is.optional("note", &ChatTurn::note, {.length_max = 20'000, .about = "Needed unless it is good."});
  }
};

struct ChatPayload {
  std::vector<ChatTurn> turns;
  std::string overall, note;
  static void describe(wire::Description<ChatPayload>& is) {
    is.named("ChatPayload");
    is.field("turns", &ChatPayload::turns, {.items_min = 1, .items_max = 100});
    is.field("overall", &ChatPayload::overall, {.choices = {"good", "flawed", "bad"}});
    is.optional("note", &ChatPayload::note, {.length_max = 20'000});
  }
};

}  // namespace preceptor::server::api
