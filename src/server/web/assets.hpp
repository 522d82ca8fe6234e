#pragma once
// The web app inside the program.
#include <span>
#include <string_view>

#include "server/http/message.hpp"

namespace preceptor::server::web {

struct Asset {
  std::string_view path;  // "/assets/index-4f2a.js"
  std::string_view etag;  // with its quotes
  std::string_view bytes;
  std::string_view gzipped;  // empty when it would not be smaller
};

// All files of the web app as it was built, sorted by path; empty when it was not.
std::span<const Asset> embedded_assets();

// A file of the app by its exact path; index.html for every other path, since the app routes by itself; a
// page that says how to build the app when there is none.
http::Response serve_asset(const http::Request& request);
// The same for given files.
http::Response serve_asset(const http::Request& request, std::span<const Asset> assets);

}  // namespace preceptor::server::web
