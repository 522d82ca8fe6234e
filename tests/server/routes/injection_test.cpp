// What people write is data wherever it goes: never a statement, never a path, never a script.
#include <gtest/gtest.h>

#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

const std::vector<std::string> hostile = {
    "'; DROP TABLE judgment; --",
    "\" OR 1=1 --",
    "$1; SELECT pg_sleep(10)",
    "<script>alert(document.cookie)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "](https://example.org/?\"><svg onload=alert(1)>",
    "../../../../etc/passwd",
    "{{constructor.constructor('return process')()}}",
    "%s%s%s%n",
    "\u202eexe.txt",
};

struct Injection : testing::Test {
  Workspace workspace;
};

TEST_F(Injection, WhatPeopleWriteComesBackAsTheyWroteItAndAsNothingElse) {
  for (const std::string& text : hostile) {
    const json body = {
        {"items", {{{"messages", {{{"role", "user"}, {"content", text}}}}, {"intent", text}}}}};
    const auto added = workspace.call("lead", "POST", workspace.in_project("/prompts"), body.dump());
    ASSERT_EQ(added.status, 200) << text << added.body;
    const auto id = added.json().at("ids").at(0).get<std::int64_t>();
    const auto shown = workspace.call("lead", "GET", workspace.in_project("/prompts/" + std::to_string(id)));
    ASSERT_EQ(shown.status, 200) << text;
    EXPECT_NE(shown.body.find(json(text).dump(-1, ' ', false)), std::string::npos) << text << shown.body;
    // A browser that is led to this address shows no page and runs nothing.
    EXPECT_EQ(shown.header("content-type"), "application/json");
    EXPECT_EQ(shown.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(shown.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
  }
}

TEST_F(Injection, IdsAndQueriesAreNumbersAndWordsOrRefused) {
  for (const std::string id :
       {"1%20OR%201=1", "1;DROP%20TABLE%20task", "..%2f..%2fetc%2fpasswd", "0x1", "+1"})
    EXPECT_EQ(workspace.call("owner", "GET", "/projects/" + id + "/prompts").status, 404) << id;
  for (const std::string query : {"?split=train'--", "?limit=1%20OR%201", "?cursor='%20OR%20''='"})
    EXPECT_EQ(workspace.call("lead", "GET", workspace.in_project("/prompts" + query)).status, 400) << query;
}

TEST_F(Injection, ALoginThatIsAStatementIsNobody) {
  for (const std::string& text : hostile) {
    const json body = {{"login", text}, {"password", text}};
    const int status = workspace.call("", "POST", "/session", body.dump()).status;
    EXPECT_TRUE(status == 401 || status == 400) << text << status;
  }
}

TEST_F(Injection, AHeaderCannotBeWrittenThroughAnId) {
  Connection connection(workspace.port());
  connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\tb\r\n\r\n");
  const auto answer = connection.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("x-request-id").find('\t'), std::string::npos);
}

}  // namespace
}  // namespace preceptor::server::tests
