#include <gtest/gtest.h>

#include "server/request_id.hpp"
#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

Answer metrics(Workspace& workspace, const Headers& headers = {}) {
  return Connection(workspace.port()).request("GET", "/metrics", {}, headers);
}

TEST(Metrics, CountRequestsByOperationAndStatus) {
  Workspace workspace;
  workspace.add_task("write", 1);
  workspace.call("trainer", "POST", workspace.in_project("/tasks/next"), "{}");
  workspace.call("trainer", "GET", workspace.in_project("/prompts"));
  const auto page = metrics(workspace);
  ASSERT_EQ(page.status, 200);
  EXPECT_TRUE(page.header("content-type").starts_with("text/plain; version=0.0.4"));
  for (const std::string line : {R"(preceptor_http_requests_total{operation="nextTask",status="200"} 1)",
                                 R"(preceptor_http_requests_total{operation="listPrompts",status="403"} 1)",
                                 R"(preceptor_http_request_seconds_count{operation="nextTask"} 1)",
                                 "preceptor_leases 1", R"(preceptor_jobs{state="waiting"} 0)",
                                 "preceptor_store_queue 0", "preceptor_http_requests_under_way 1"})
    EXPECT_NE(page.body.find(line + "\n"), std::string::npos) << line << "\n" << page.body;
  EXPECT_EQ(page.body.find("preceptor_store_commits_total 0\n"), std::string::npos);
}

TEST(Metrics, AreForThisMachineAndForAdministrators) {
  Workspace workspace;
  EXPECT_EQ(metrics(workspace).status, 200);
  for (const std::string header : {"X-Forwarded-For", "Forwarded", "X-Real-IP"})
    EXPECT_EQ(metrics(workspace, {{header, "for=192.0.2.1"}}).status, 401) << header;
  EXPECT_EQ(metrics(workspace, workspace.headers_of("trainer")).status, 403);
  EXPECT_EQ(metrics(workspace, workspace.headers_of("owner")).status, 403);
  auto headers = workspace.headers_of("administrator");
  headers.emplace_back("X-Forwarded-For", "192.0.2.1");
  EXPECT_EQ(metrics(workspace, headers).status, 200);
}

TEST(RequestIds, OfTheCallerComeBackWhenTheyArePlainWords) {
  EXPECT_EQ(request_id("page-7.a_B", "own"), "page-7.a_B");
  EXPECT_EQ(request_id("", "own"), "own");
  EXPECT_EQ(request_id("two words", "own"), "own");
  EXPECT_EQ(request_id("x\"}", "own"), "own");
  EXPECT_EQ(request_id(std::string(65, 'a'), "own"), "own");
}

TEST(RequestIds, StandInEveryAnswer) {
  Workspace workspace;
  for (const std::string path : {"/healthz", "/api/v1/session", "/api/v1/nothing", "/metrics"}) {
    const auto answer = Connection(workspace.port()).request("GET", path, {}, {{"X-Request-Id", "mine-1"}});
    EXPECT_EQ(answer.header("x-request-id"), "mine-1") << path;
  }
}

}  // namespace
}  // namespace preceptor::server::tests
