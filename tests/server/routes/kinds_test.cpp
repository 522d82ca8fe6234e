// Reviews, appeals, assignment, sources and trials through the API: what they do and who may.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

struct Kinds : testing::Test {
  Answer post(const std::string& who, const std::string& path, const json& body) {
    return workspace.call(who, "POST", path, body.dump());
  }
  json next(const std::string& who, const json& kinds = json::array()) {
    const auto answer = post(who, workspace.in_project("/tasks/next"), {{"kinds", kinds}});
    return answer.status == 200 ? answer.json() : json();
  }
  Answer send(const std::string& who, const json& handed, const json& payload) {
    return post(who, "/tasks/" + handed["task"]["id"].dump() + "/judgments",
                {{"lease_token", handed["lease"]["token"]}, {"payload", payload}, {"seconds_active", 3}});
  }
  void review_everything() {
    const json policy = {{"review", {{"write", {{"newcomer", 100}, {"share", 1}}}}}};
    const auto set = workspace.call("lead", "PUT", workspace.in_project("/policy"), policy.dump());
    ASSERT_EQ(set.status, 200) << set.body;
  }
  // The trainer writes, the reviewer rejects.
  std::int64_t rejected() {
    review_everything();
    const auto task = workspace.add_task("write", 1);
    EXPECT_EQ(send("trainer", next("trainer"), {{"text", "Ten mg."}}).status, 201);
    const json review = next("reviewer");
    EXPECT_EQ(review["task"]["kind"], "review");
    EXPECT_EQ(review["task"]["earlier"]["payload"]["text"], "Ten mg.");
    const json verdict = {{"judgment_id", review["task"]["earlier"]["judgment_id"]},
                          {"verdict", "reject"},
                          {"clause", "2.1 Name the drug"}};
    EXPECT_EQ(send("reviewer", review, verdict).status, 201);
    return task;
  }

  Workspace workspace;
};

TEST_F(Kinds, ARejectionReachesThePersonWhoMayAppealOnce) {
  const std::string task = "/tasks/" + std::to_string(rejected());
  const auto told =
      workspace.call("trainer", "GET", workspace.in_project("/my/standings?state=rejected")).json();
  ASSERT_EQ(told["items"].size(), 1u);
  EXPECT_EQ(told["items"][0]["clause"], "2.1 Name the drug");
  EXPECT_EQ(workspace.call("trainer", "GET", task + "/own").json()["standing"]["state"], "rejected");
  const json reason = {{"reason", "It does."}};
  for (const std::string who : {"reviewer", "lead", "stranger", "foreigner"})
    EXPECT_EQ(post(who, task + "/appeal", reason).status, 404) << who;
  EXPECT_EQ(post("trainer", task + "/appeal", reason).status, 204);
  EXPECT_EQ(post("trainer", task + "/appeal", reason).status, 409);
  const json appeal = next("lead", {"appeal"});
  EXPECT_EQ(appeal["task"]["kind"], "appeal");
  EXPECT_EQ(appeal["task"]["earlier"]["objection"], "It does.");
  EXPECT_EQ(send("lead", appeal, {{"decision", "overturned"}, {"reason", "Indeed."}}).status, 201);
  EXPECT_EQ(workspace.call("trainer", "GET", task + "/own").json()["standing"]["state"], "reinstated");
}

TEST_F(Kinds, OnlyWhoJudgedATaskLooksAtItAgain) {
  const std::string own = "/tasks/" + std::to_string(rejected()) + "/own";
  EXPECT_EQ(workspace.call("trainer", "GET", own).status, 200);
  for (const std::string who : {"reviewer", "lead", "owner", "stranger", "foreigner"})
    EXPECT_EQ(workspace.call(who, "GET", own).status, 404) << who;
}

TEST_F(Kinds, LeadsKeepATaskForSomebody) {
  const auto id = workspace.add_task("write", 1);
  const std::string path = "/tasks/" + std::to_string(id) + "/assignees";
  const json trainer = {{"person_id", workspace.id_of("trainer").value}};
  for (const std::string who : {"trainer", "reviewer"})
    EXPECT_EQ(post(who, path, trainer).status, 403) << who;
  for (const std::string who : {"stranger", "foreigner"})
    EXPECT_EQ(post(who, path, trainer).status, 404) << who;
  EXPECT_EQ(post("lead", path, {{"person_id", workspace.id_of("stranger").value}}).status, 404);
  EXPECT_EQ(post("lead", path, trainer).status, 204);
  EXPECT_EQ(post("lead", path, trainer).status, 409);
  EXPECT_TRUE(next("owner").is_null());
  EXPECT_EQ(next("trainer")["task"]["id"], id);
}

TEST_F(Kinds, APolicyOfUnknownWorkIsRefused) {
  const auto refused = [&](const json& policy) {
    return workspace.call("lead", "PUT", workspace.in_project("/policy"), policy.dump()).status;
  };
  EXPECT_EQ(refused({{"overlap", {{"sing", 2}}}}), 400);
  EXPECT_EQ(refused({{"review", {{"compare", {{"share", 0.01}}}}}}), 400);
  EXPECT_EQ(refused({{"overlap", {{"spans", 3}}}}), 200);
  const auto project = workspace.call("lead", "GET", workspace.in_project("")).json();
  EXPECT_EQ(project["overlap"]["spans"], 3);
  EXPECT_EQ(project["overlap"]["compare"], 3);
}

TEST_F(Kinds, RubricsForFiveDomainsComeWithTheProgram) {
  const auto templates = workspace.call("trainer", "GET", "/rubric-templates").json();
  ASSERT_EQ(templates["items"].size(), 5u);
  const json& medical = templates["items"][0];
  const json rubric = {{"dimensions", medical["dimensions"]}, {"criteria", medical["criteria"]}};
  const auto added = workspace.call("lead", "POST", workspace.in_project("/rubrics"), rubric.dump());
  EXPECT_LT(added.status, 300) << added.body;
  EXPECT_EQ(added.json()["criteria"].size(), medical["criteria"].size());
}

TEST_F(Kinds, ASourceIsAddedByWhoJudgesAndSeenByAllMembers) {
  const json source = {{"title", "Label"}, {"address", "https://example.org"}, {"excerpt", "Ten mg."}};
  EXPECT_EQ(post("trainer", workspace.in_project("/sources"), source).status, 201);
  EXPECT_EQ(post("stranger", workspace.in_project("/sources"), source).status, 404);
  const auto found = workspace.call("reviewer", "GET", workspace.in_project("/sources?words=label")).json();
  ASSERT_EQ(found["items"].size(), 1u);
  EXPECT_EQ(found["items"][0]["sha256"].get<std::string>().size(), 64u);
}

TEST_F(Kinds, AModelIsTriedOnlyInWorkThatTalksToOne) {
  workspace.add_task("write", 1);
  const json handed = next("trainer");
  const std::string path = "/tasks/" + handed["task"]["id"].dump() + "/trials";
  const json said = {{"messages", {{{"role", "user"}, {"content", "Hello"}}}}};
  EXPECT_GE(post("trainer", path, said).status, 400);
  EXPECT_EQ(post("reviewer", path, said).status, 404);
  EXPECT_EQ(workspace.call("reviewer", "GET", path).status, 404);
}

}  // namespace
}  // namespace preceptor::server::tests
