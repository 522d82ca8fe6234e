// Two editors at once, and what the protocol promises beside: tags, methods, foreign sites.
#include <gtest/gtest.h>

#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

struct Editing : testing::Test {
  Answer edit(const std::string& what, const json& body, const std::string& tag) {
    return workspace.call("lead", "POST", workspace.in_project(what), body.dump(),
                          tag.empty() ? Headers{} : Headers{{"If-Match", tag}});
  }
  Answer put(const std::string& who, const std::string& what, const json& body, const std::string& tag) {
    return workspace.call(who, "PUT", workspace.in_project(what), body.dump(), {{"If-Match", tag}});
  }
  // The second of two who began from the same is told; with what is there now the change is taken.
  void expect_told(const std::string& who, const std::string& what, const json& mine, const json& theirs,
                   const std::string& tag) {
    const auto first = put(who, what, mine, tag);
    ASSERT_EQ(first.status, 200) << first.body;
    const auto now = first.header("etag");
    EXPECT_NE(now, tag);
    EXPECT_EQ(put(who, what, theirs, tag).status, 412);
    EXPECT_EQ(put(who, what, theirs, now).status, 200);
  }
  std::string tag_of(const std::string& what) {
    return workspace.call("lead", "GET", workspace.in_project(what)).header("etag");
  }

  Workspace workspace;
};

TEST_F(Editing, TheSecondEditorOfTheGuidelinesIsToldAndOverwritesNothing) {
  const auto tag = tag_of("/guidelines");
  EXPECT_EQ(tag, "\"guideline-1\"");
  const auto mine = edit("/guidelines", {{"markdown", "# Mine"}}, tag);
  EXPECT_EQ(mine.status, 200) << mine.body;
  EXPECT_EQ(mine.header("etag"), "\"guideline-2\"");
  const auto theirs = edit("/guidelines", {{"markdown", "# Theirs"}}, tag);
  EXPECT_EQ(theirs.status, 412);
  EXPECT_EQ(theirs.header("content-type"), "application/problem+json");
  EXPECT_EQ(theirs.json()["where"], "If-Match");
  EXPECT_EQ(tag_of("/guidelines"), "\"guideline-2\"");
  EXPECT_EQ(edit("/guidelines", {{"markdown", "# Both"}}, tag_of("/guidelines")).status, 200);
  EXPECT_EQ(edit("/guidelines", {{"markdown", "# A script"}}, "").status, 200);
}

TEST_F(Editing, SoIsTheSecondEditorOfTheRubric) {
  const json dimensions = {{{"key", "a"}, {"label", "A"}, {"scale_min", 1}, {"scale_max", 5}}};
  const auto tag = tag_of("/rubrics");
  EXPECT_EQ(edit("/rubrics", {{"dimensions", dimensions}}, tag).status, 200);
  EXPECT_EQ(edit("/rubrics", {{"dimensions", dimensions}}, tag).status, 412);
}

TEST_F(Editing, AndOfAMembersRoleOrPause) {
  const auto path = workspace.in_project("/members/") + std::to_string(workspace.id_of("trainer").value);
  std::string tag;
  const json members = workspace.call("owner", "GET", workspace.in_project("/members")).json();
  for (const json& member : members["items"]) {
    if (member["login"] == "trainer") tag = member["tag"];
  }
  ASSERT_FALSE(tag.empty());
  const Headers with_tag = {{"If-Match", tag}};
  const auto promoted = workspace.call("owner", "PUT", path, R"({"role": "lead"})", with_tag);
  EXPECT_EQ(promoted.status, 200);
  EXPECT_NE(promoted.json()["tag"], tag);
  EXPECT_EQ(workspace.call("owner", "PUT", path, R"({"role": "reviewer"})", with_tag).status, 412);
  EXPECT_EQ(
      workspace.call("lead", "POST", path + "/pause", R"({"paused": true, "reason": "r"})", with_tag).status,
      412);
  EXPECT_EQ(workspace.call("trainer", "PUT", path, R"({"role": "owner"})", with_tag).status, 403)
      << "who may not edit hears nothing about versions";
}

TEST_F(Editing, AndOfTheProjectsSettingsAndPolicyEachByItself) {
  const auto project = [&] { return workspace.call("lead", "GET", workspace.in_project("")).json(); };
  const auto before = project();
  const auto settings = [](const std::string& name) {
    return json{{"name", name},
                {"languages", {"en", "he"}},
                {"domains", {"medicine"}},
                {"gold_watch", {{"good", 0.9}, {"bad", 0.5}, {"threshold", 7}, {"rate", 0.2}}}};
  };
  expect_told("lead", "/settings", settings("Ward"), settings("Clinic"), before["settings_tag"]);
  const auto after = project();
  EXPECT_EQ(after["name"], "Clinic");
  EXPECT_EQ(after["gold_watch"]["threshold"], 7);
  EXPECT_NE(after["settings_tag"], before["settings_tag"]);
  EXPECT_EQ(after["policy_tag"], before["policy_tag"]);
  expect_told("lead", "/policy", {{"adjudicate_below", 0.5}}, {{"adjudicate_below", 0.6}},
              before["policy_tag"]);
  EXPECT_EQ(project()["policy"]["adjudicate_below"], 0.6);
  EXPECT_EQ(put("trainer", "/settings", settings("Mine"), "x").status, 403);
  EXPECT_EQ(put("trainer", "/policy", json::object(), "x").status, 403);
  EXPECT_EQ(put("stranger", "/settings", settings("Mine"), "x").status, 404);
}

TEST_F(Editing, AndOfSomebodysSkillsAndOnesOwnConsent) {
  const auto skills = "/members/" + std::to_string(workspace.id_of("trainer").value) + "/fit";
  const auto tag = tag_of(skills);
  const auto own = workspace.call("trainer", "GET", workspace.in_project("/my/fit")).header("etag");
  EXPECT_NE(own, tag);
  expect_told("trainer", "/my/consent", {{"hazards", {"hate"}}}, {{"hazards", json::array()}}, own);
  // Consent is not among the skills.
  expect_told("lead", skills, {{"languages", {"he"}}}, {{"kinds", {"rate"}}}, tag);
  EXPECT_EQ(put("trainer", skills, {{"languages", {"en"}}}, "x").status, 403);
}

TEST_F(Editing, EveryRefusalIsAProblemInJson) {
  const auto check = [&](const Answer& answer, int status) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json") << status;
    EXPECT_EQ(answer.json()["status"], status);
  };
  check(workspace.call("lead", "GET", "/no/such/route"), 404);
  const auto wrong_method = workspace.call("lead", "PATCH", workspace.in_project("/guidelines"), "{}");
  check(wrong_method, 405);
  EXPECT_EQ(wrong_method.header("allow"), "GET, POST");
  check(workspace.call("lead", "POST", workspace.in_project("/guidelines"), "markdown=x",
                       {{"Content-Type", "application/x-www-form-urlencoded"}}),
        415);
  check(workspace.call("lead", "POST", workspace.in_project("/guidelines"), std::string(9 << 20, 'x')), 413);
  check(workspace.call("lead", "GET", "/session", "", {{"X-Large", std::string(70'000, 'x')}}), 431);
  check(workspace.call("", "GET", "/session"), 401);
}

TEST_F(Editing, NoOtherSiteMayReadOrWrite) {
  const Headers evil = {{"Origin", "http://evil.example"}, {"Access-Control-Request-Method", "POST"}};
  for (const std::string method : {"OPTIONS", "GET"}) {
    const auto answer = workspace.call("lead", method, "/session", "", evil);
    for (const auto& [name, value] : answer.headers)
      EXPECT_FALSE(name.starts_with("access-control-")) << method << " " << name << ": " << value;
    EXPECT_EQ(answer.header("cross-origin-resource-policy"), "same-origin");
  }
  EXPECT_EQ(workspace.call("lead", "OPTIONS", "/session", "", evil).status, 405);
  EXPECT_EQ(workspace
                .call("lead", "POST", workspace.in_project("/guidelines"), R"({"markdown": "x"})",
                      {{"Origin", "http://evil.example"}})
                .status,
            403);
}

}  // namespace
}  // namespace preceptor::server::tests
