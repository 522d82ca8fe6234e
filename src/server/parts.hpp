#pragma once
// What the server is given by the program that starts it.
#include <functional>
#include <stop_token>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "loop/chat.hpp"
#include "loop/storage.hpp"
#include "server/openai/models.hpp"

namespace preceptor::server {

// Talks to a model: loop::Chat::reply in the program. Called from several threads at once.
using Chat = std::function<Result<loop::ChatReply>(const feedback::Actor&, const loop::ChatRequest&,
                                                   const std::function<bool(std::string_view)>& on_text,
                                                   std::stop_token)>;

// All of it must outlive the server.
struct Parts {
  loop::Storage& storage;
  const Clock& clock;
  Chat chat;
  openai::Models models = {};  // for /v1; without them nothing is there
};

}  // namespace preceptor::server
