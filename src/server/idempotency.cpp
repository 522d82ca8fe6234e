#include "server/idempotency.hpp"

#include <algorithm>

#include "base/hash.hpp"

namespace preceptor::server {

namespace {

constexpr std::size_t key_bytes_max = 200;

}  // namespace

bool takes_key(const Route& route) {
  return route.method != "GET" && route.access.kind != Access::Kind::anyone && !route.streams &&
         route.operation != "submitJudgment";
}

Result<std::optional<feedback::KeptAnswer>> claim_of(const Call& call) {
  const auto key = call.request.header("idempotency-key");
  if (key.empty() || !takes_key(*call.route)) return std::nullopt;
  if (key.size() > key_bytes_max ||
      std::any_of(key.begin(), key.end(), [](char c) { return c < 33 || c > 126; }))
    return refuse(ErrorKind::invalid, "The idempotency key is no short ASCII word", "Use a UUID",
                  "Idempotency-Key");
  Sha256 hash;
  for (const std::string_view part : {std::string_view(call.request.path), call.request.header("if-match"),
                                      std::string_view(call.request.body)}) {
    hash.add(std::to_string(part.size()) + ":");
    hash.add(part);
  }
  return feedback::KeptAnswer{.person = call.actor().person,
                              .route = std::string(call.route->method) + " " + std::string(call.route->path),
                              .key = std::string(key),
                              .request_hash = hash.hex(),
                              .created_at = call.clock().now()};
}

bool first_with_key(feedback::AnswerRecords& records, const feedback::KeptAnswer& claim,
                    std::optional<feedback::KeptAnswer>& before) {
  before.reset();
  records.remove_answers_before(claim.created_at - answers_kept);
  if (records.claim_answer(claim)) return true;
  before = records.kept_answer(claim.person, claim.route, claim.key);
  const bool died = before && before->status == 0 && before->request_hash == claim.request_hash &&
                    claim.created_at - before->created_at > request_alive;
  if (!died) return false;
  records.drop_answer(claim.person, claim.route, claim.key);
  before.reset();
  return records.claim_answer(claim);
}

Result<http::Response> answer_again(const Route& route, const feedback::KeptAnswer& claim,
                                    const feedback::KeptAnswer& before) {
  if (before.request_hash != claim.request_hash)
    return refuse(ErrorKind::conflict, "This idempotency key was used for another request",
                  "Use a new key for each request", "Idempotency-Key");
  if (before.status == 0)
    return refuse(ErrorKind::conflict, "The first request with this key is still under way",
                  "Send it again in a moment");
  if (route.answers_secret)
    return refuse(ErrorKind::conflict, "This was done before; its answer held a secret that is shown once",
                  "If the first answer was lost, make another one with a new key");
  http::Response response;
  response.status = static_cast<int>(before.status);
  response.body = before.body;
  if (!response.body.empty()) response.headers.emplace_back("Content-Type", "application/json");
  response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

}  // namespace preceptor::server
