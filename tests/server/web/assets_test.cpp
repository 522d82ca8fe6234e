#include "server/web/assets.hpp"

#include <gtest/gtest.h>

namespace preceptor::server::web {
namespace {

constexpr Asset files[] = {
    {"/assets/app-1a2b.js", "\"e1\"", "script", "zipped"},
    {"/favicon.svg", "\"e2\"", "<svg/>", ""},
    {"/index.html", "\"e3\"", "<html>", ""},
};

http::Request get(std::string path, std::vector<std::pair<std::string, std::string>> headers = {}) {
  http::Request request;
  request.method = "GET";
  request.path = std::move(path);
  request.headers = std::move(headers);
  return request;
}

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(Assets, HashedFilesMayBeKeptForEver) {
  const auto response = serve_asset(get("/assets/app-1a2b.js"), files);
  EXPECT_EQ(response.content(), "script");
  EXPECT_EQ(header(response, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_NE(header(response, "Cache-Control").find("immutable"), std::string::npos);
}

TEST(Assets, AreCompressedForWhomTheyMayBe) {
  const auto zipped = serve_asset(get("/assets/app-1a2b.js", {{"accept-encoding", "br, gzip"}}), files);
  EXPECT_EQ(zipped.content(), "zipped");
  EXPECT_EQ(header(zipped, "Content-Encoding"), "gzip");
  EXPECT_EQ(serve_asset(get("/assets/app-1a2b.js", {{"accept-encoding", "gzip;q=0"}}), files).content(),
            "script");
  EXPECT_EQ(serve_asset(get("/favicon.svg", {{"accept-encoding", "gzip"}}), files).content(), "<svg/>");
}

TEST(Assets, AreNotSentAgainToWhoHasThem) {
  const auto response = serve_asset(get("/index.html", {{"if-none-match", "\"e3\""}}), files);
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.content(), "");
  EXPECT_EQ(header(response, "Cache-Control"), "no-cache");
}

TEST(Assets, PathsOfTheAppGetItsPage) {
  for (const auto* path : {"/", "/projects/3/rounds/1", "/sign-in"})
    EXPECT_EQ(serve_asset(get(path), files).content(), "<html>") << path;
}

TEST(Assets, AMissingScriptIsNotFound) {
  EXPECT_EQ(serve_asset(get("/assets/old-ffff.js"), files).status, 404);
}

TEST(Assets, PathsThatClimbOutOfTheFolderFindNothingButTheApp) {
  for (const auto* path : {"/../etc/passwd", "/assets/../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd",
                           "//etc/passwd", "/assets/..\\..\\etc\\passwd", "/\0etc"}) {
    const auto response = serve_asset(get(path), files);
    EXPECT_TRUE(response.status == 404 || response.content() == "<html>") << path;
  }
}

TEST(Assets, PagesForbidForeignScriptsAndFrames) {
  const auto policy = header(serve_asset(get("/"), files), "Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
}

TEST(Assets, WithoutTheAppAPageSaysHowToBuildIt) {
  const auto response = serve_asset(get("/"), std::span<const Asset>());
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.content().find("npm run build"), std::string_view::npos);
}

}  // namespace
}  // namespace preceptor::server::web
