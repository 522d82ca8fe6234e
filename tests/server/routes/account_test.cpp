#include <gtest/gtest.h>

#include "base/one_time_code.hpp"
#include "server/sign_in_throttle.hpp"
#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

constexpr auto password = "correct horse battery";

struct Accounts : testing::Test {
  Accounts() { workspace.add_person("ann", password, feedback::Role::trainer); }

  Answer sign_in(const json& more = json::object(), const std::string& agent = {}) {
    json body = {{"login", "ann"}, {"password", password}};
    if (!more.is_null()) body.update(more);
    return workspace.call("", "POST", "/session", body.dump(),
                          agent.empty() ? Headers{} : Headers{{"User-Agent", agent}});
  }
  static Headers session_of(const Answer& answer) {
    const auto cookie = answer.header("set-cookie");
    return {{"Cookie", cookie.substr(0, cookie.find(';'))}, {"X-CSRF-Token", answer.json()["csrf_token"]}};
  }
  Answer call(const Headers& session, const std::string& method, const std::string& path,
              const json& body = nullptr) {
    return workspace.call("", method, path, body.is_null() ? "" : body.dump(), session);
  }
  std::string code_now(const std::string& secret) {
    const auto step = workspace.clock().now().microseconds / 1'000'000 / one_time_step_seconds;
    return one_time_code(*from_base32(secret), static_cast<std::uint64_t>(step));
  }

  Workspace workspace;
};

TEST_F(Accounts, ListTheirSessionsByDeviceAndEndThem) {
  const auto here =
      session_of(sign_in({}, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"));
  const auto there = session_of(sign_in({}, "curl/7.88.1"));
  const auto list = call(here, "GET", "/account/sessions").json()["items"];
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["device"], "Firefox on Linux");
  EXPECT_EQ(list[0]["current"], true);
  EXPECT_EQ(list[1]["device"], "curl/7.88.1");
  EXPECT_EQ(list[1]["current"], false);
  const auto path = "/account/sessions/" + std::to_string(list[1]["id"].get<int>());
  EXPECT_EQ(call(here, "DELETE", path).status, 204);
  EXPECT_EQ(call(there, "GET", "/session").status, 401);
  EXPECT_EQ(call(here, "DELETE", path).status, 404);
  EXPECT_EQ(call(here, "GET", "/session").status, 200);
}

TEST_F(Accounts, SignOutEverywhereElse) {
  const auto here = session_of(sign_in());
  const auto there = session_of(sign_in());
  EXPECT_EQ(call(here, "DELETE", "/account/sessions").status, 204);
  EXPECT_EQ(call(there, "GET", "/session").status, 401);
  EXPECT_EQ(call(here, "GET", "/session").status, 200);
}

TEST_F(Accounts, ChangeThePasswordWithTheOldOneOnly) {
  const auto here = session_of(sign_in());
  const auto there = session_of(sign_in());
  const auto change = [&](const std::string& current, const std::string& fresh) {
    return call(here, "PUT", "/account/password", {{"current", current}, {"fresh", fresh}});
  };
  EXPECT_EQ(change("wrong password here", "another long password").status, 403);
  EXPECT_EQ(change(password, "short").status, 400);
  EXPECT_EQ(change(password, "another long password").status, 204);
  EXPECT_EQ(call(there, "GET", "/session").status, 401);
  EXPECT_EQ(call(here, "GET", "/session").status, 200);
  EXPECT_EQ(sign_in().status, 401);
  EXPECT_EQ(sign_in({{"password", "another long password"}}).status, 200);
}

TEST_F(Accounts, GuessingTheOwnPasswordIsSlowedDownToo) {
  const auto here = session_of(sign_in());
  const json wrong = {{"current", "wrong password here"}, {"fresh", "another long password"}};
  for (int i = 0; i < SignInThrottle::failures_max_login; ++i)
    EXPECT_EQ(call(here, "PUT", "/account/password", wrong).status, 403);
  EXPECT_EQ(call(here, "PUT", "/account/password", wrong).status, 429);
}

TEST_F(Accounts, WithASecondFactorSignInAsksForACodeThatWorksOnce) {
  const auto here = session_of(sign_in());
  const auto begun = call(here, "POST", "/account/second-factor").json();
  const std::string secret = begun["secret"];
  EXPECT_EQ(sign_in().status, 200) << "not before it is confirmed";
  EXPECT_EQ(call(here, "POST", "/account/second-factor/confirm", {{"code", "000000"}}).status, 400);
  const auto confirmed = call(here, "POST", "/account/second-factor/confirm", {{"code", code_now(secret)}});
  ASSERT_EQ(confirmed.status, 200) << confirmed.body;
  const std::string recovery = confirmed.json()["codes"][0];

  const auto asked = sign_in();
  EXPECT_EQ(asked.status, 401);
  EXPECT_EQ(asked.json()["where"], "/code");
  EXPECT_EQ(asked.header("set-cookie"), "");
  EXPECT_EQ(sign_in({{"code", "123"}}).json()["where"], "/code");
  workspace.clock().move(std::chrono::seconds(60));
  const auto code = code_now(secret);
  EXPECT_EQ(sign_in({{"code", code}, {"password", "wrong password here"}}).json()["where"], "")
      << "a wrong password says nothing about the code";
  EXPECT_EQ(sign_in({{"code", code}}).status, 200);
  EXPECT_EQ(sign_in({{"code", code}}).status, 401) << "seen over a shoulder, it is of no use";
  EXPECT_EQ(sign_in({{"code", recovery}}).status, 200);
  EXPECT_EQ(sign_in({{"code", recovery}}).status, 401);
  EXPECT_EQ(call(here, "GET", "/account").json()["recovery_codes_left"], 9);

  EXPECT_EQ(call(here, "POST", "/account/second-factor/remove", {{"password", "wrong"}}).status, 403);
  EXPECT_EQ(call(here, "POST", "/account/second-factor/remove", {{"password", password}}).status, 204);
  EXPECT_EQ(sign_in().status, 200);
}

TEST_F(Accounts, GuessingCodesIsSlowedDown) {
  const auto here = session_of(sign_in());
  const std::string secret = call(here, "POST", "/account/second-factor").json()["secret"];
  call(here, "POST", "/account/second-factor/confirm", {{"code", code_now(secret)}});
  for (int i = 0; i < SignInThrottle::failures_max_login; ++i)
    EXPECT_EQ(sign_in({{"code", "abcdef"}}).status, 401);
  EXPECT_EQ(sign_in({{"code", "abcdef"}}).status, 429);
}

TEST_F(Accounts, AnApiTokenTouchesNoneOfIt) {
  for (const std::string who : {"trainer", "administrator"}) {
    EXPECT_EQ(workspace.call(who, "GET", "/account/sessions").status, 403);
    EXPECT_EQ(workspace.call(who, "DELETE", "/account/sessions").status, 403);
    EXPECT_EQ(workspace.call(who, "POST", "/account/second-factor").status, 403);
    EXPECT_EQ(workspace.call(who, "POST", "/tokens", R"({"name": "x", "scope": "model"})").status, 403);
  }
}

TEST_F(Accounts, ATokenForJudgingJudgesAndDoesNothingElse) {
  workspace.add_task("write", 2);
  workspace.use_tokens(feedback::TokenScope::judge);
  const auto handed = workspace.call("owner", "POST", workspace.in_project("/tasks/next"), "{}");
  EXPECT_EQ(handed.status, 200) << handed.body;
  EXPECT_EQ(workspace.call("owner", "GET", workspace.in_project("")).status, 200);
  EXPECT_EQ(workspace.call("owner", "GET", workspace.in_project("/prompts")).status, 403);
  EXPECT_EQ(
      workspace.call("owner", "POST", workspace.in_project("/guidelines"), R"({"markdown": "x"})").status,
      403);
  EXPECT_EQ(workspace.call("administrator", "GET", "/people").status, 403);
  workspace.use_tokens(feedback::TokenScope::model);
  EXPECT_EQ(workspace.call("owner", "GET", "/session").status, 403);
  EXPECT_EQ(workspace.call("owner", "POST", workspace.in_project("/tasks/next"), "{}").status, 403);
}

}  // namespace
}  // namespace preceptor::server::tests
