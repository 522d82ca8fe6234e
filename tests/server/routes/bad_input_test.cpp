#include <gtest/gtest.h>

#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

struct BadInput : testing::Test {
  Answer post(const std::string& body, const Headers& headers = {}) {
    return workspace.call("lead", "POST", workspace.in_project("/prompts"), body, headers);
  }
  Workspace workspace;
};

TEST_F(BadInput, MalformedJsonIsRefusedWithItsPlace) {
  for (const std::string body : {"{", "[1,2", "{\"items\": nope}", "\"text\"", "{}}", "{'items': []}"}) {
    const auto answer = post(body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_EQ(answer.json()["status"], 400);
    EXPECT_FALSE(answer.json()["detail"].get<std::string>().empty());
  }
}

TEST_F(BadInput, FiftyLevelsOfNestingAreRefused) {
  EXPECT_EQ(post("{\"items\": " + std::string(50, '[') + std::string(50, ']') + "}").status, 400);
  EXPECT_EQ(post(std::string(100'000, '[')).status, 400);
}

TEST_F(BadInput, TextThatIsNotUtf8IsRefused) {
  EXPECT_EQ(post("{\"items\": [{\"messages\": [{\"role\": \"user\", \"content\": \"\xc3\x28\"}]}]}").status,
            400);
}

TEST_F(BadInput, AnUnknownFieldIsRefusedByName) {
  const auto answer =
      post(R"({"items": [{"messages": [{"role": "user", "content": "x"}], "splitt": "train"}]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.json()["where"], "/items/0/splitt");
}

TEST_F(BadInput, AWrongWordIsRefusedWithTheRightOnes) {
  const auto answer =
      post(R"({"items": [{"messages": [{"role": "user", "content": "x"}], "split": "test"}]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.json()["hint"].get<std::string>().find("evaluation"), std::string::npos);
}

TEST_F(BadInput, NothingOfABadBatchIsKept) {
  const auto bad = R"({"items": [{"messages": [{"role": "user", "content": "x"}], "key": "a"},
                                 {"messages": [{"role": "user", "content": ""}], "key": "b"}]})";
  EXPECT_EQ(post(bad).status, 400);
  EXPECT_TRUE(workspace.call("lead", "GET", workspace.in_project("/prompts")).json()["items"].empty());
}

TEST_F(BadInput, ABodyMustSayThatItIsJson) {
  EXPECT_EQ(post("{\"items\": []}", {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(post("items=1", {{"Content-Type", "application/x-www-form-urlencoded"}}).status, 415);
}

TEST_F(BadInput, ABodyOverTheLimitOfItsRouteIsRefused) {
  const std::string body(9 << 20, ' ');
  EXPECT_EQ(workspace.call("lead", "POST", workspace.in_project("/guidelines"), body).status, 413);
  EXPECT_EQ(post(body).status, 400) << "imports may be larger, but this one is empty";
}

TEST_F(BadInput, QueriesAreCheckedToo) {
  for (const std::string query : {"?limit=0", "?limit=5000", "?limit=x", "?cursor=abc", "?split=none",
                                  "?unknown=1", "?limit=1&limit=2", "?split=%zz"})
    EXPECT_EQ(workspace.call("lead", "GET", workspace.in_project("/prompts" + query)).status, 400) << query;
  EXPECT_EQ(workspace.call("lead", "GET", workspace.in_project("/prompts?split=gold&limit=5")).status, 200);
}

TEST_F(BadInput, AQueryThatIsNotTextIsRefusedInJsonThatIsText) {
  for (const std::string query : {"?%ff=1", "?limit=%c3", "?limit\xff=1", "?cursor=%00"}) {
    const auto answer = workspace.call("lead", "GET", workspace.in_project("/prompts" + query));
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_FALSE(answer.json().is_discarded()) << answer.body;
  }
}

TEST_F(BadInput, IdsThatAreNoneFindNothing) {
  for (const std::string path :
       {"/projects/0", "/projects/-1", "/projects/abc", "/projects/99999999999999999999", "/projects/1%00",
        "/projects//", "/nothing", "/projects/1/../1"})
    EXPECT_EQ(workspace.call("owner", "GET", path).status, 404) << path;
}

TEST_F(BadInput, AMethodThatThePathDoesNotKnowIsNamed) {
  const auto answer = workspace.call("lead", "DELETE", workspace.in_project("/prompts"));
  EXPECT_EQ(answer.status, 405);
  EXPECT_NE(answer.header("allow").find("POST"), std::string::npos);
  EXPECT_EQ(workspace.call("lead", "POST", "/session/nowhere", "{}").status, 404);
}

TEST_F(BadInput, PathsThatClimbOutOfTheWebFolderFindNoFile) {
  for (const std::string path :
       {"/../../etc/passwd", "/assets/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"}) {
    Connection connection(workspace.port());
    const auto answer = connection.request("GET", path);
    EXPECT_EQ(answer.body.find("root:"), std::string::npos) << path;
  }
}

TEST_F(BadInput, EveryAnswerCarriesItsGuards) {
  Connection connection(workspace.port());
  for (const std::string path : {"/", "/api/v1/session", "/api/openapi.json", "/healthz", "/api/none"}) {
    const auto answer = connection.request("GET", path);
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff") << path;
    EXPECT_NE(answer.header("content-security-policy").find("default-src 'none'"), std::string::npos) << path;
    EXPECT_FALSE(answer.header("x-request-id").empty()) << path;
  }
}

TEST_F(BadInput, TheServerSaysThatItIsAliveAndReady) {
  Connection connection(workspace.port());
  EXPECT_EQ(connection.request("GET", "/healthz").status, 200);
  EXPECT_EQ(connection.request("GET", "/readyz").status, 200);
  EXPECT_EQ(connection.request("GET", "/api/openapi.json").json()["openapi"], "3.1.0");
}

}  // namespace
}  // namespace preceptor::server::tests
