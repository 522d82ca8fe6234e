#pragma once
// What is no row of the table of routes: the API's document, health, metrics, the web app.
#include <memory>
#include <string>

#include "server/http/handler_pool.hpp"
#include "server/serving.hpp"

namespace preceptor::server {

class OutsideTable {
public:
  // What asks the database runs on the pool's threads.
  OutsideTable(Context& context, http::HandlerPool& pool);
  void serve(const std::shared_ptr<Serving>& serving);

private:
  void serve_metrics(const std::shared_ptr<Serving>& serving);
  void serve_readiness(const std::shared_ptr<Serving>& serving);

  Context& context_;
  http::HandlerPool& pool_;
  const std::string openapi_;
};

}  // namespace preceptor::server
