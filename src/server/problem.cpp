#include "server/problem.hpp"

#include "server/wire/writer.hpp"

namespace preceptor::server {

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
    case ErrorKind::corrupt: return 400;
    case ErrorKind::unauthenticated: return 401;
    case ErrorKind::forbidden: return 403;
    case ErrorKind::not_found: return 404;
    case ErrorKind::conflict: return 409;
    case ErrorKind::gone: return 410;
    case ErrorKind::too_large: return 413;
    case ErrorKind::unsupported: return 415;
    case ErrorKind::rate_limited: return 429;
    case ErrorKind::unavailable:
    case ErrorKind::cancelled: return 503;
    case ErrorKind::out_of_space: return 507;
    case ErrorKind::internal: break;
  }
  return 500;
}

std::string_view title_of(int status) {
  switch (status) {
    case 400: return "Bad request";
    case 401: return "Not signed in";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 405: return "Method not allowed";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Changed in between";
    case 413: return "Too large";
    case 415: return "Unsupported media type";
    case 422: return "Another request has this key";
    case 429: return "Too many requests";
    case 431: return "Headers too large";
    case 503: return "Unavailable";
    case 507: return "Out of space";
    default: return "Internal error";
  }
}

int status_of(const Error& error) {
  if (error.kind == ErrorKind::conflict && error.where == "If-Match") return 412;
  if (error.kind == ErrorKind::conflict && error.where == "Idempotency-Key") return 422;
  return status_of(error.kind);
}

http::Response problem(const Error& error) { return problem(error, status_of(error)); }

http::Response problem(const Error& error, int status) {
  http::Response response;
  response.status = status;
  // What went wrong inside is for the log, not for strangers.
  const bool inside = error.kind == ErrorKind::internal;
  std::string& body = response.body;
  body = "{\"type\":\"about:blank\",\"title\":";
  wire::write_json_string(body, title_of(response.status));
  body += ",\"status\":" + std::to_string(response.status) + ",\"detail\":";
  wire::write_json_string(body, inside ? "Something went wrong in the server" : error.message);
  body += ",\"hint\":";
  wire::write_json_string(body, inside ? "The server's log says more, under this request's id" : error.hint);
  body += ",\"where\":";
  wire::write_json_string(body, inside ? "" : error.where);
  body += '}';
  response.headers.emplace_back("Content-Type", "application/problem+json");
  return response;
}

}  // namespace preceptor::server
