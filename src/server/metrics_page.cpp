#include "server/metrics_page.hpp"

namespace preceptor::server {

namespace {

bool is_from_this_machine(const http::Request& request) {
  const bool loopback = request.client.starts_with("127.") || request.client == "::1";
  // Behind a proxy on this machine everybody seems to be here.
  const bool through_proxy = !request.header("x-forwarded-for").empty() ||
                             !request.header("forwarded").empty() || !request.header("x-real-ip").empty();
  return loopback && !through_proxy;
}

Result<void> may_watch(Context& context, const http::Request& request) {
  if (request.header("authorization").empty() && is_from_this_machine(request)) return {};
  const auto caller = context.authentication.caller_of(request);
  if (!caller) return tl::unexpected(caller.error());
  return feedback::require_administrator(caller->actor, feedback::Act::reads);
}

}  // namespace

Result<std::string> metrics_page(Context& context, const http::Request& request) {
  if (auto may = may_watch(context, request); !may) return tl::unexpected(may.error());
  const loop::WorkUnderWay work =
      loop::read(context.parts.storage, [](loop::Records& records) { return records.work_under_way(); });
  return context.metrics.text(context.parts.storage.figures(), work);
}

}  // namespace preceptor::server
