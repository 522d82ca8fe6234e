#include "server/request_checks.hpp"

#include "server/routes/match.hpp"
#include "server/wire/reader.hpp"

namespace preceptor::server {

Result<void> check_origin(const http::Request& request) {
  const auto origin = request.header("origin");
  if (request.method == "GET" || request.method == "HEAD" || origin.empty()) return {};
  const auto host = request.header("host");
  const auto scheme_end = origin.find("://");
  if (scheme_end != std::string_view::npos && origin.substr(scheme_end + 3) == host) return {};
  return refuse(ErrorKind::forbidden, "This request comes from another site",
                "Open Preceptor under its own address");
}

Result<void> read_input(const Route& route, const http::Request& request, void* input) {
  if (route.method == "GET") {
    auto items = query_items(request.query);
    return items ? wire::read_query(*items, *route.input, input) : tl::unexpected(items.error());
  }
  if (!request.query.empty()) return refuse(ErrorKind::invalid, "This route takes no query parameters");
  if (route.input->kind == wire::Kind::nothing) {
    if (request.body.empty() || request.body == "{}") return {};
    return refuse(ErrorKind::invalid, "This route takes no body");
  }
  const bool json = request.header("content-type").starts_with("application/json");
  if (!json && !request.body.empty())
    return refuse(ErrorKind::unsupported, "The body must be JSON", "Send Content-Type: application/json");
  return wire::read_json(request.body.empty() ? "{}" : request.body, *route.input, input);
}

Result<void> check_access(const Route& route, const feedback::Actor& actor) {
  const auto act = route.method == "GET" ? feedback::Act::reads : feedback::Act::changes;
  switch (route.access.kind) {
    case Access::Kind::anyone: return {};
    case Access::Kind::administrator: return feedback::require_administrator(actor, act);
    case Access::Kind::signed_in: return feedback::require_scope(actor, act);
    case Access::Kind::session: return feedback::require_session(actor);
    case Access::Kind::administrator_session:
      if (auto may = feedback::require_administrator(actor, act); !may) return may;
      return feedback::require_session(actor);
    case Access::Kind::member:
      // A stranger who only looks is told that there is nothing, not what their token is for.
      return act == feedback::Act::reads ? Result<void>{}
                                         : feedback::require_scope(actor, route.access.right);
  }
  return {};
}

}  // namespace preceptor::server
