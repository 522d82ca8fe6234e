#include <gtest/gtest.h>

#include "server/sign_in_throttle.hpp"
#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

struct Sessions : testing::Test {
  Sessions() { workspace.add_person("ann", "correct horse battery", feedback::Role::trainer); }

  Answer sign_in(const std::string& password, const Headers& headers = {}) {
    return workspace.call("", "POST", "/session", json({{"login", "ann"}, {"password", password}}).dump(),
                          headers);
  }
  static Headers with_cookie(const Answer& answer) {
    const auto cookie = answer.header("set-cookie");
    return {{"Cookie", "other=1; " + cookie.substr(0, cookie.find(';'))}};
  }

  Workspace workspace;
};

TEST_F(Sessions, SigningInAnswersWhoItIsAndSetsAGuardedCookie) {
  const auto answer = sign_in("correct horse battery");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["person"]["login"], "ann");
  EXPECT_EQ(answer.json()["person"]["administrator"], false);
  EXPECT_EQ(answer.json()["memberships"][0]["role"], "trainer");
  EXPECT_FALSE(answer.json()["csrf_token"].get<std::string>().empty());
  const auto cookie = answer.header("set-cookie");
  EXPECT_TRUE(cookie.starts_with("preceptor_session="));
  for (const auto* flag : {"HttpOnly", "SameSite=Strict", "Path=/"})
    EXPECT_NE(cookie.find(flag), std::string::npos);
  const auto shown = workspace.call("", "GET", "/session", "", with_cookie(answer));
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.json(), answer.json());
}

TEST_F(Sessions, AWrongPasswordAndAnUnknownLoginLookTheSame) {
  const auto wrong = sign_in("wrong password here");
  const auto unknown =
      workspace.call("", "POST", "/session", R"({"login": "nobody", "password": "wrong password here"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(wrong.body, unknown.body);
  EXPECT_EQ(wrong.header("content-type"), "application/problem+json");
  EXPECT_EQ(wrong.header("set-cookie"), "");
}

TEST_F(Sessions, GuessingIsSlowedDown) {
  for (int i = 0; i < SignInThrottle::failures_max_login; ++i)
    EXPECT_EQ(sign_in("wrong password here").status, 401);
  EXPECT_EQ(sign_in("wrong password here").status, 429);
  EXPECT_EQ(sign_in("correct horse battery").status, 429);
  workspace.clock().move(std::chrono::minutes(16));
  EXPECT_EQ(sign_in("correct horse battery").status, 200);
}

TEST_F(Sessions, ACookieAloneChangesNothing) {
  const auto session = sign_in("correct horse battery");
  auto headers = with_cookie(session);
  EXPECT_EQ(workspace.call("", "POST", workspace.in_project("/tasks/next"), "{}", headers).status, 403);
  headers.emplace_back("X-CSRF-Token", "wrong");
  EXPECT_EQ(workspace.call("", "POST", workspace.in_project("/tasks/next"), "{}", headers).status, 403);
  headers.back().second = session.json()["csrf_token"];
  EXPECT_EQ(workspace.call("", "POST", workspace.in_project("/tasks/next"), "{}", headers).status, 204);
}

TEST_F(Sessions, ARequestFromAnotherSiteIsTurnedAway) {
  EXPECT_EQ(sign_in("correct horse battery", {{"Origin", "http://evil.example"}}).status, 403);
  EXPECT_EQ(sign_in("correct horse battery", {{"Origin", "null"}}).status, 403);
  EXPECT_EQ(sign_in("correct horse battery", {{"Origin", "http://localhost"}}).status, 200);
}

TEST_F(Sessions, SigningOutEndsTheSession) {
  const auto session = sign_in("correct horse battery");
  auto headers = with_cookie(session);
  headers.emplace_back("X-CSRF-Token", session.json()["csrf_token"]);
  const auto out = workspace.call("", "DELETE", "/session", "", headers);
  EXPECT_EQ(out.status, 204);
  EXPECT_NE(out.header("set-cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(workspace.call("", "GET", "/session", "", headers).status, 401);
}

TEST_F(Sessions, ASessionEndsByItself) {
  const auto headers = with_cookie(sign_in("correct horse battery"));
  EXPECT_EQ(workspace.call("", "GET", "/session", "", headers).status, 200);
  workspace.clock().move(std::chrono::hours(24 * 15));
  EXPECT_EQ(workspace.call("", "GET", "/session", "", headers).status, 401);
}

TEST_F(Sessions, AMadeUpCookieOrTokenIsNobody) {
  EXPECT_EQ(workspace.call("", "GET", "/session", "", {{"Cookie", "preceptor_session=made-up"}}).status, 401);
  const auto answer = workspace.call("", "GET", "/session", "", {{"Authorization", "Bearer made-up"}});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.header("www-authenticate"), "Bearer");
}

TEST_F(Sessions, ASessionIsNoApiTokenAndAnApiTokenNoSession) {
  const auto session = sign_in("correct horse battery");
  const auto cookie = session.header("set-cookie");
  const auto begin = cookie.find('=') + 1;
  const auto token = cookie.substr(begin, cookie.find(';') - begin);
  EXPECT_EQ(workspace.call("", "GET", "/session", "", {{"Authorization", "Bearer " + token}}).status, 401);
  const auto as_cookie = "preceptor_session=" + workspace.token_of("trainer");
  EXPECT_EQ(workspace.call("", "GET", "/session", "", {{"Cookie", as_cookie}}).status, 401);
}

TEST_F(Sessions, TokensAreShownOnceListedAndRevoked) {
  const auto made =
      workspace.call("trainer", "POST", "/tokens", R"({"name": "notebook", "expires_days": 30})");
  ASSERT_EQ(made.status, 200) << made.body;
  const Headers headers = {{"Authorization", "Bearer " + made.json()["token"].get<std::string>()}};
  const auto shown = workspace.call("", "GET", "/session", "", headers);
  EXPECT_EQ(shown.json()["person"]["login"], "trainer");
  EXPECT_TRUE(shown.json()["csrf_token"].is_null());
  const auto list = workspace.call("trainer", "GET", "/tokens");
  EXPECT_EQ(list.json()["items"].back()["name"], "notebook");
  EXPECT_EQ(list.body.find(made.json()["token"].get<std::string>()), std::string::npos);
  const auto path = "/tokens/" + std::to_string(made.json()["id"].get<int>());
  EXPECT_EQ(workspace.call("lead", "DELETE", path).status, 404);
  EXPECT_EQ(workspace.call("trainer", "DELETE", path).status, 204);
  EXPECT_EQ(workspace.call("", "GET", "/session", "", headers).status, 401);
}

TEST_F(Sessions, AReadOnlyTokenReadsOnly) {
  const auto made = workspace.call("lead", "POST", "/tokens", R"({"name": "report", "scope": "read"})");
  const Headers headers = {{"Authorization", "Bearer " + made.json()["token"].get<std::string>()}};
  EXPECT_EQ(workspace.call("", "GET", workspace.in_project(""), "", headers).status, 200);
  EXPECT_EQ(
      workspace.call("", "POST", workspace.in_project("/guidelines"), R"({"markdown": "x"})", headers).status,
      403);
}

TEST_F(Sessions, AnAdministratorAddsPeopleWhoCanThenSignIn) {
  const auto body = R"({"login": "bob", "name": "Bob", "password": "a long enough password"})";
  EXPECT_EQ(workspace.call("administrator", "POST", "/people", body).status, 200);
  EXPECT_EQ(workspace.call("administrator", "POST", "/people", body).status, 409);
  EXPECT_EQ(
      workspace.call("", "POST", "/session", R"({"login": "bob", "password": "a long enough password"})")
          .status,
      200);
}

}  // namespace
}  // namespace preceptor::server::tests
