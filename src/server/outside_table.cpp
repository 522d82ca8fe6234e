#include "server/outside_table.hpp"

#include "base/log.hpp"
#include "server/answers.hpp"
#include "server/metrics_page.hpp"
#include "server/openapi.hpp"
#include "server/web/assets.hpp"

namespace preceptor::server {

OutsideTable::OutsideTable(Context& context, http::HandlerPool& pool)
    : context_(context), pool_(pool), openapi_(openapi_document()) {}

void OutsideTable::serve_metrics(const std::shared_ptr<Serving>& serving) {
  const bool posted = pool_.post([this, serving] {
    try {
      auto page = metrics_page(context_, serving->request);
      if (!page) return serving->refuse(page.error());
      serving->send(plain_answer(200, "text/plain; version=0.0.4; charset=utf-8", *std::move(page)));
    } catch (...) {
      serving->refuse(error_of(std::current_exception()));
    }
  });
  if (!posted) serving->send(plain_answer(503, "text/plain", "stopping\n"));
}

void OutsideTable::serve_readiness(const std::shared_ptr<Serving>& serving) {
  const bool posted = pool_.post([this, serving] {
    try {
      context_.parts.storage.read([](loop::Records& records) { records.projects(); });
      serving->send(plain_answer(200, "text/plain", "ready\n"));
    } catch (...) {
      log_error("request {}: not ready: {}", serving->id, error_of(std::current_exception()).text());
      serving->send(plain_answer(503, "text/plain", "the database does not answer\n"));
    }
  });
  if (!posted) serving->send(plain_answer(503, "text/plain", "stopping\n"));
}

void OutsideTable::serve(const std::shared_ptr<Serving>& serving) {
  const http::Request& request = serving->request;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && request.path == "/api/openapi.json") {
    http::Response response = plain_answer(200, "application/json", {});
    response.static_body = openapi_;
    return serving->send(std::move(response));
  }
  if (reads && request.path == "/metrics") return serve_metrics(serving);
  if (reads && request.path == "/healthz") return serving->send(plain_answer(200, "text/plain", "alive\n"));
  if (reads && request.path == "/readyz") return serve_readiness(serving);
  if (!reads || request.path == "/api" || request.path.starts_with("/api/"))
    return serving->refuse(
        {ErrorKind::not_found, "There is nothing at this path", "See /api/openapi.json", {}});
  serving->send(web::serve_asset(request));
}

}  // namespace preceptor::server
