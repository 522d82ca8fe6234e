#pragma once
#include <string>

namespace preceptor::server {

// The OpenAPI 3.1 document of all routes, indented and with sorted keys: the committed docs/openapi.json.
std::string openapi_document();

}  // namespace preceptor::server
