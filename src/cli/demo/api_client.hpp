// A signed-in person's view of the server: JSON in, JSON out, over HTTP like everybody else's.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "net/http_client.hpp"

namespace preceptor::cli {

struct ApiAnswer {
  int status = 0;
  nlohmann::json body;  // null when empty
};

class ApiClient {
public:
  explicit ApiClient(std::string address);  // "http://127.0.0.1:8420"

  // Answers the body of POST /session.
  nlohmann::json sign_in(std::string_view login, std::string_view password);

  // Paths are below /api/v1. These throw Failure with the server's own words on any status but 2xx.
  nlohmann::json get(std::string_view path);
  nlohmann::json post(std::string_view path, const nlohmann::json& body,
                      std::string_view idempotency_key = {});
  nlohmann::json put(std::string_view path, const nlohmann::json& body);
  // The same with whatever status there is; throws only when there is no answer.
  ApiAnswer try_post(std::string_view path, const nlohmann::json& body);

private:
  ApiAnswer send(net::Method, std::string_view path, const nlohmann::json* body,
                 std::string_view idempotency_key);
  nlohmann::json expect_success(const ApiAnswer&, std::string_view path) const;

  std::string address_;
  std::string cookie_;
  std::string csrf_token_;
  net::HttpClient http_;
};

// All items of a listing, page by page. path may hold a query already.
std::vector<nlohmann::json> every_item(ApiClient&, const std::string& path);

}  // namespace preceptor::cli
