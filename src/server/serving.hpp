#pragma once
// One request on its way through the server, until its answer has left.
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "server/http/server.hpp"
#include "server/idempotency.hpp"
#include "server/routes/route.hpp"

namespace preceptor::server {

struct Serving {
  Serving(Context& context, http::Request received, std::shared_ptr<http::Reply> to, std::string request_id)
      : request(std::move(received)),
        reply(std::move(to)),
        id(std::move(request_id)),
        call{.context = context, .request = request} {}

  http::Request request;
  std::shared_ptr<http::Reply> reply;
  std::string id;
  Call call;
  const Route* route = nullptr;
  std::shared_ptr<void> input;
  Route::Output output;
  Route::Output found;                         // by the first of several steps
  std::optional<feedback::KeptAnswer> claim;   // of a request with an idempotency key
  std::optional<feedback::KeptAnswer> before;  // what an earlier one with the same key left
  bool repeated = false;                       // there was an earlier one
  const std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

  ~Serving() {
    if (!told_) call.context.metrics.dropped();
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  // Once, when the status is known: counts it, and writes the log's line.
  void answered(int status);
  int status_with(const std::shared_ptr<const void>& value) const;
  void keep_answer(const std::shared_ptr<const void>& value);  // in the claim

  void send(http::Response);
  void refuse(const Error&);

private:
  bool told_ = false;
};

}  // namespace preceptor::server
