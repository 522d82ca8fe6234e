#include "server/answers.hpp"

namespace preceptor::server {

void add_api_headers(http::Response& response) {
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
}

http::Response plain_answer(int status, std::string_view type, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", type);
  response.body = std::move(body);
  add_api_headers(response);
  return response;
}

Error error_of(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Failure& known) {
    return known.error;
  } catch (const std::exception& unknown) {
    return {ErrorKind::internal, unknown.what(), {}, {}};
  } catch (...) {
    return {ErrorKind::internal, "an exception that is none of the standard ones", {}, {}};
  }
}

}  // namespace preceptor::server
