#include "cli/demo/api_client.hpp"

#include "base/format.hpp"
#include "base/json.hpp"

namespace preceptor::cli {

using nlohmann::json;

ApiClient::ApiClient(std::string address) : address_(std::move(address)) {}

ApiAnswer ApiClient::send(net::Method method, std::string_view path, const json* body,
                          std::string_view idempotency_key) {
  net::Request request{.method = method, .url = fmt::format("{}/api/v1{}", address_, path)};
  if (!cookie_.empty()) request.headers.push_back({"Cookie", cookie_});
  if (!csrf_token_.empty()) request.headers.push_back({"X-CSRF-Token", csrf_token_});
  if (!idempotency_key.empty()) {
    request.headers.push_back({"Idempotency-Key", std::string(idempotency_key)});
    request.repeatable = true;
  }
  if (body) {
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = body->dump();
  }
  const auto response = http_.send(request);
  if (!response) throw Failure(response.error());
  if (const std::string_view cookie = response->header("Set-Cookie"); !cookie.empty())
    cookie_ = std::string(cookie.substr(0, cookie.find(';')));
  ApiAnswer answer{.status = response->status};
  if (response->body.empty()) return answer;
  auto parsed = parse_json(response->body, {.depth_max = 64});
  if (!parsed)
    throw Failure(ErrorKind::corrupt, fmt::format("{} answered with something that is no JSON.", path));
  answer.body = *std::move(parsed);
  return answer;
}

json ApiClient::expect_success(const ApiAnswer& answer, std::string_view path) const {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  const std::string detail =
      answer.body.is_object() ? answer.body.value("detail", answer.body.dump()) : "no details";
  throw Failure(ErrorKind::unavailable, fmt::format("{} answered {}: {}", path, answer.status, detail));
}

json ApiClient::sign_in(std::string_view login, std::string_view password) {
  const json body = post("/session", {{"login", login}, {"password", password}});
  csrf_token_ = body.at("csrf_token").get<std::string>();
  return body;
}

json ApiClient::get(std::string_view path) {
  return expect_success(send(net::Method::get, path, nullptr, {}), path);
}

json ApiClient::post(std::string_view path, const json& body, std::string_view idempotency_key) {
  return expect_success(send(net::Method::post, path, &body, idempotency_key), path);
}

json ApiClient::put(std::string_view path, const json& body) {
  return expect_success(send(net::Method::put, path, &body, {}), path);
}

ApiAnswer ApiClient::try_post(std::string_view path, const json& body) {
  return send(net::Method::post, path, &body, {});
}

std::vector<json> every_item(ApiClient& api, const std::string& path) {
  std::vector<json> items;
  std::string cursor;
  do {
    const char joint = path.find('?') == std::string::npos ? '?' : '&';
    json page = api.get(cursor.empty() ? path : fmt::format("{}{}cursor={}", path, joint, cursor));
    for (json& item : page.at("items")) items.push_back(std::move(item));
    const json& next = page.at("next_cursor");
    cursor = next.is_null() ? "" : next.get<std::string>();
  } while (!cursor.empty());
  return items;
}

}  // namespace preceptor::cli
