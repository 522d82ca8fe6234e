#pragma once
#include "server/context.hpp"
#include "server/http/message.hpp"

namespace preceptor::server {

// GET /metrics: for whoever asks from this machine itself (and not through a proxy on it), and for
// administrators. Reads the database, so it may block.
Result<std::string> metrics_page(Context&, const http::Request&);

}  // namespace preceptor::server
