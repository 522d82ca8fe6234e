// Every route, asked by everybody: nobody, a stranger, each role, an administrator.
#include <gtest/gtest.h>

#include "tests/support/full_workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

struct Roles : testing::Test, FullWorkspace {
  // A request that is right in all but who sends it.
  std::string body_of(const Route& route) {
    const auto model = ids["{model}"];
    const json dimensions = {{{"key", "a"}, {"label", "A"}, {"scale_min", 1}, {"scale_max", 5}}};
    const std::map<std::string_view, json> bodies = {
        {"signIn", {{"login", "nobody"}, {"password", "wrong password"}}},
        {"createToken", {{"name", "t"}}},
        {"createPerson",
         {{"login", "new" + std::to_string(++fresh)}, {"name", "N"}, {"password", "long enough it is"}}},
        {"createProject",
         {{"name", "P" + std::to_string(++fresh)},
          {"languages", {"en"}},
          {"guideline", "g"},
          {"rubric", {{"dimensions", dimensions}}}}},
        {"invite", {{"role", "trainer"}}},
        {"lookAtInvitation", {{"token", "made up"}}},
        {"acceptInvitation",
         {{"token", "made up"}, {"login", "x1"}, {"name", "x"}, {"password", "long enough it is"}}},
        {"joinProject", {{"token", "made up"}}},
        {"lookAtPasswordReset", {{"token", "made up"}}},
        {"usePasswordReset", {{"token", "made up"}, {"password", "long enough it is"}}},
        {"runCode", {{"language", "shell"}, {"code", "echo 1"}}},
        {"makeCalculation", {{"expression", "1 + 1"}}},
        {"setMember", {{"role", "trainer"}}},
        {"pauseMember", {{"paused", false}}},
        {"addGuideline", {{"markdown", "# More"}}},
        {"addRubric", {{"dimensions", dimensions}}},
        {"addPrompts", {{"items", {{{"messages", {{{"role", "user"}, {"content", "x"}}}}}}}}},
        {"addResponses", {{"items", {{{"prompt_id", ids["{prompt}"]}, {"text", "x"}}}}}},
        {"addTasks", {{"items", {{{"kind", "write"}, {"prompt_id", ids["{prompt}"]}}}}}},
        {"nextTask", json::object()},
        {"startRound", {{"name", "Round " + std::to_string(++fresh)}}},
        {"generateResponses", {{"model_id", model}, {"split", "train"}}},
        {"takeSnapshot", json::object()},
        {"trainModel",
         {{"objective", "sft"}, {"base_model_id", model}, {"snapshot_id", snapshot_id}, {"name", "m"}}},
        {"evaluateModels", {{"model_ids", {tuned_id}}, {"baseline_model_id", model}}},
        {"promoteModel", {{"model_id", model}, {"note", "It is better."}}},
        {"putMetrics", {{"source", "test"}, {"columns", json::array()}, {"items", json::array()}}},
        {"setPolicy", {{"adjudicate_below", 0.5}}},
        {"setSettings",
         {{"name", "Ward"},
          {"languages", {"en"}},
          {"domains", json::array()},
          {"gold_watch", {{"good", 0.85}, {"bad", 0.6}, {"threshold", 9}, {"rate", 0.1}}}}},
        {"setMyConsent", {{"hazards", {"hate"}}}},
        {"setMemberFit", {{"languages", {"en"}}}},
        {"assignTask", {{"person_id", ids["{person}"]}}},
        {"addSource", {{"title", "Label"}, {"excerpt", "Ten mg."}}},
        {"appeal", {{"reason", "It is right."}}},
        {"tryModel", {{"messages", {{{"role", "user"}, {"content", "Hello"}}}}}},
        {"chat", {{"messages", {{{"role", "user"}, {"content", "Hello"}}}}}},
    };
    const auto found = bodies.find(route.operation);
    return found == bodies.end() ? std::string() : found->second.dump();
  }

  int status_for(const std::string& who, const Route& route) {
    Connection connection(workspace.port());
    auto headers = workspace.headers_of(who);
    const auto body = body_of(route);
    if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
    connection.send(request_text(std::string(route.method), "/api/v1" + path_of(route), body, headers));
    return (route.streams ? connection.receive_head() : connection.receive()).status;
  }

  // Whom a link lets in is the matter of its own tests.
  static bool needs_a_link(const Route& route) {
    return route.operation == "joinProject" || route.operation == "revokeInvitation";
  }
  static bool needs_a_session(const Route& route) {
    return route.access.kind == Access::Kind::session ||
           route.access.kind == Access::Kind::administrator_session;
  }
  static bool about_held_tasks(const Route& route) { return route.path.starts_with("/tasks/"); }

  int fresh = 0;
};

bool worked(const Route& route, int status) {
  // What the request meets beyond the question of who sends it may still be a conflict.
  return status == route.status || (route.may_be_empty && status == 204) || status == 409;
}

TEST_F(Roles, NobodyGetsNothingThatIsNotForAnyone) {
  for (const Route& route : all_routes()) {
    if (route.access.kind == Access::Kind::anyone) continue;
    EXPECT_EQ(status_for("", route), 401) << route.operation;
  }
}

TEST_F(Roles, AStrangerFindsNothingOfAProject) {
  for (const std::string who : {"stranger", "foreigner"}) {
    for (const Route& route : all_routes()) {
      if (route.access.kind == Access::Kind::member && !about_held_tasks(route)) {
        EXPECT_EQ(status_for(who, route), 404) << who << " " << route.operation;
      }
      if (route.access.kind == Access::Kind::administrator) {
        EXPECT_EQ(status_for(who, route), 403) << who << " " << route.operation;
      }
    }
  }
}

TEST_F(Roles, EachRoleMayDoWhatTheTableSaysAndNothingElse) {
  const std::vector<std::pair<std::string, feedback::Role>> roles = {{"trainer", feedback::Role::trainer},
                                                                     {"reviewer", feedback::Role::reviewer},
                                                                     {"lead", feedback::Role::lead},
                                                                     {"owner", feedback::Role::owner}};
  for (const auto& [who, role] : roles) {
    for (const Route& route : all_routes()) {
      if (route.access.kind == Access::Kind::anyone || route.operation == "signOut" ||
          about_held_tasks(route) || route.operation == "revokeToken" || needs_a_link(route))
        continue;
      const bool may =
          route.access.kind == Access::Kind::signed_in ||
          (route.access.kind == Access::Kind::member && feedback::allowed(role, route.access.right));
      const int status = status_for(who, route);
      if (may) {
        EXPECT_TRUE(worked(route, status)) << who << " " << route.operation << " " << status;
      } else {
        EXPECT_EQ(status, 403) << who << " " << route.operation;
      }
    }
  }
}

TEST_F(Roles, WithATokenForReadingEachRoleMayLookAtWhatItMaySeeAndNothingElse) {
  workspace.use_tokens(feedback::TokenScope::read);
  const std::map<std::string, feedback::Role> roles = {{"trainer", feedback::Role::trainer},
                                                       {"reviewer", feedback::Role::reviewer},
                                                       {"lead", feedback::Role::lead},
                                                       {"owner", feedback::Role::owner}};
  for (const std::string who : {"trainer", "reviewer", "lead", "owner", "administrator"}) {
    for (const Route& route : all_routes()) {
      if (route.access.kind == Access::Kind::anyone) continue;
      if (about_held_tasks(route) && route.method == "GET") continue;  // for who holds the task, see there
      const bool member_may = route.access.kind == Access::Kind::signed_in ||
                              (route.access.kind == Access::Kind::member && roles.contains(who) &&
                               feedback::allowed(roles.at(who), route.access.right));
      const bool may =
          route.method == "GET" && !needs_a_session(route) && (member_may || who == "administrator");
      const int status = status_for(who, route);
      if (may) {
        EXPECT_TRUE(worked(route, status)) << who << " " << route.operation << " " << status;
      } else {
        EXPECT_EQ(status, 403) << who << " " << route.operation;
      }
    }
  }
}

// The same rule where no route stands before it: jobs, commands and whatever comes next ask feedback itself.
TEST_F(Roles, TheRulesRefuseATokenForReadingByThemselves) {
  for (const std::string who : {"trainer", "reviewer", "lead", "owner", "administrator"}) {
    const feedback::Actor reader{.person = workspace.id_of(who),
                                 .administrator = who == "administrator",
                                 .scope = feedback::TokenScope::read};
    feedback::Actor writer = reader;
    writer.scope = feedback::TokenScope::write;
    loop::read(workspace.storage(), [&](loop::Records& records) {
      for (int i = 0; i < feedback::right_count; ++i) {
        const auto right = static_cast<feedback::Right>(i);
        const bool writes = feedback::require(records, writer, workspace.project(), right).has_value();
        const bool reads = feedback::require(records, reader, workspace.project(), right).has_value();
        EXPECT_EQ(reads, writes && feedback::act_of(right) == feedback::Act::reads)
            << who << " " << name_of(right);
      }
    });
  }
}

TEST_F(Roles, EveryRouteThatChangesSomethingAsksForARightThatDoes) {
  for (const Route& route : all_routes()) {
    if (route.access.kind != Access::Kind::member) continue;
    EXPECT_EQ(feedback::act_of(route.access.right) == feedback::Act::reads, route.method == "GET")
        << route.operation;
  }
}

TEST_F(Roles, WhatTakesASessionRefusesEveryToken) {
  for (const auto scope : {feedback::TokenScope::read, feedback::TokenScope::write,
                           feedback::TokenScope::judge, feedback::TokenScope::model}) {
    workspace.use_tokens(scope);
    for (const std::string who : {"trainer", "owner", "administrator"}) {
      for (const Route& route : all_routes()) {
        if (!needs_a_session(route)) continue;
        EXPECT_EQ(status_for(who, route), 403) << who << " " << route.operation;
      }
    }
  }
}

TEST_F(Roles, ATokenForJudgingOpensWhatAJudgeNeedsAndNothingElse) {
  workspace.use_tokens(feedback::TokenScope::judge);
  for (const std::string who : {"trainer", "owner", "administrator"}) {
    for (const Route& route : all_routes()) {
      if (route.access.kind == Access::Kind::anyone || route.operation == "nextTask" ||
          about_held_tasks(route))
        continue;
      const bool members = route.access.kind == Access::Kind::member;
      const bool may =
          (route.method == "GET" && (route.access.kind == Access::Kind::signed_in ||
                                     (members && route.access.right == feedback::Right::see_project))) ||
          (members && route.access.right == feedback::Right::judge);
      const int status = status_for(who, route);
      if (may) {
        EXPECT_TRUE(worked(route, status)) << who << " " << route.operation << " " << status;
      } else {
        EXPECT_EQ(status, 403) << who << " " << route.operation;
      }
    }
  }
}

TEST_F(Roles, AnAdministratorMayDoAllButJudge) {
  for (const Route& route : all_routes()) {
    if (route.access.kind == Access::Kind::anyone || about_held_tasks(route) ||
        route.operation == "signOut" || route.operation == "revokeToken" || route.operation == "nextTask" ||
        needs_a_link(route) || needs_a_session(route))
      continue;
    const int status = status_for("administrator", route);
    EXPECT_TRUE(worked(route, status)) << route.operation << " " << status;
  }
}

TEST_F(Roles, OnlyWhoHoldsATaskMayActOnIt) {
  for (const std::string who : {"trainer", "reviewer", "lead", "owner"}) {
    const auto handed =
        workspace.call(who, "POST", workspace.in_project("/tasks/next"), R"({"kinds": ["write"]})");
    ASSERT_EQ(handed.status, 200) << who << handed.body;
    const auto task = "/tasks/" + std::to_string(handed.json()["task"]["id"].get<std::int64_t>());
    const json lease = {{"lease_token", handed.json()["lease"]["token"]}};
    json judgment = lease;
    judgment["payload"] = {{"text", "An ideal answer."}};
    judgment["seconds_active"] = 5;
    for (const std::string other : {"stranger", "foreigner"}) {
      EXPECT_EQ(workspace.call(other, "POST", task + "/lease", lease.dump()).status, 404) << other;
      EXPECT_EQ(workspace.call(other, "PUT", task + "/draft", R"({"payload": {}})").status, 404) << other;
      EXPECT_EQ(workspace.call(other, "POST", task + "/skip", lease.dump()).status, 404) << other;
      EXPECT_EQ(workspace.call(other, "POST", task + "/judgments", judgment.dump()).status, 404) << other;
    }
    EXPECT_EQ(workspace.call(who, "POST", task + "/lease", lease.dump()).status, 200) << who;
    EXPECT_EQ(workspace.call(who, "PUT", task + "/draft", R"({"payload": {}})").status, 204) << who;
    EXPECT_EQ(workspace.call(who, "POST", task + "/judgments", judgment.dump()).status, 201) << who;
  }
}

TEST_F(Roles, ATrainerWhoAsksForALeadsPageIsForbidden) {
  EXPECT_EQ(workspace.call("trainer", "GET", workspace.in_project("/quality")).status, 403);
  EXPECT_EQ(workspace.call("trainer", "GET", workspace.in_project("/prompts")).status, 403);
}

TEST_F(Roles, AnIdOfAnotherProjectIsNotFoundThroughOnesOwn) {
  const auto made = workspace.call("administrator", "GET", "/projects").json()["items"];
  ASSERT_EQ(made.size(), 2u);
  for (const auto& project : made) {
    if (project["id"] == workspace.project().value) continue;
    const auto path = "/projects/" + std::to_string(project["id"].get<std::int64_t>()) + "/prompts/" +
                      std::to_string(ids["{prompt}"]);
    EXPECT_EQ(workspace.call("foreigner", "GET", path).status, 404);
  }
}

}  // namespace
}  // namespace preceptor::server::tests
