#include "server/web/assets.hpp"

#include <algorithm>
#include <array>

namespace preceptor::server::web {

namespace {

constexpr std::string_view missing_page =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Preceptor</title>"
    "<h1>Preceptor is running</h1>"
    "<p>This program was built without its web app. Build it in <code>web/</code> with "
    "<code>npm ci &amp;&amp; npm run build</code>, then build the program again.</p>"
    "<p>The interface for programs is described at <a "
    "href=\"/api/openapi.json\">/api/openapi.json</a>.</p></html>\n";

// Styles may be inline because the component library and the formulas set them; scripts may not.
constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

std::string_view type_of_file(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> types = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".woff", "font/woff"},
      {".ttf", "font/ttf"},
      {".txt", "text/plain; charset=utf-8"},
      {".webmanifest", "application/manifest+json"},
  }};
  for (const auto& [ending, type] : types) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

const Asset* find(std::span<const Asset> assets, std::string_view path) {
  const auto found =
      std::lower_bound(assets.begin(), assets.end(), path,
                       [](const Asset& asset, std::string_view wanted) { return asset.path < wanted; });
  return found != assets.end() && found->path == path ? &*found : nullptr;
}

bool accepts_gzip(const http::Request& request) {
  const auto accepted = request.header("accept-encoding");
  const auto place = accepted.find("gzip");
  return place != std::string_view::npos && !accepted.substr(place).starts_with("gzip;q=0,") &&
         accepted.substr(place) != "gzip;q=0";
}

http::Response page(int status) {
  http::Response response;
  response.status = status;
  response.headers = {{"Content-Security-Policy", std::string(content_policy)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"X-Frame-Options", "DENY"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Cross-Origin-Resource-Policy", "same-origin"},
                      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"}};
  return response;
}

}  // namespace

http::Response serve_asset(const http::Request& request) { return serve_asset(request, embedded_assets()); }

http::Response serve_asset(const http::Request& request, std::span<const Asset> assets) {
  const Asset* index = find(assets, "/index.html");
  if (index == nullptr) {
    http::Response response = page(200);
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.static_body = missing_page;
    return response;
  }
  const Asset* asset = find(assets, request.path);
  // A missing script must be a 404, not a page; only what looks like a page of the app falls back to it.
  const bool hashed = request.path.starts_with("/assets/");
  if (asset == nullptr && hashed) {
    http::Response response = page(404);
    response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.static_body = "There is no such file\n";
    return response;
  }
  if (asset == nullptr) asset = index;

  http::Response response = page(request.header("if-none-match") == asset->etag ? 304 : 200);
  response.headers.emplace_back("ETag", asset->etag);
  // Names under /assets carry a hash of their content; all else is asked for again, cheaply.
  response.headers.emplace_back("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (response.status == 304) return response;
  response.headers.emplace_back("Content-Type", type_of_file(asset->path));
  response.static_body = asset->bytes;
  if (!asset->gzipped.empty() && accepts_gzip(request)) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.static_body = asset->gzipped;
  }
  return response;
}

}  // namespace preceptor::server::web
