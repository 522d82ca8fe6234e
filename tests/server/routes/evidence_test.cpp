#include <gtest/gtest.h>

#include <thread>

#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

struct EvidenceRoutes : testing::Test {
  EvidenceRoutes() {
    workspace.add_task("write", 3);
    held = workspace.call("trainer", "POST", workspace.in_project("/tasks/next"), "{}").json();
    path = "/tasks/" + std::to_string(held["task"]["id"].get<int>());
  }
  Answer run(const std::string& code, const std::string& who = "trainer") {
    return workspace.call(who, "POST", path + "/runs", json({{"language", "shell"}, {"code", code}}).dump());
  }
  Answer work_out(const std::string& expression, const std::string& who = "trainer") {
    return workspace.call(who, "POST", path + "/calculations", json({{"expression", expression}}).dump());
  }

  Workspace workspace;
  json held;
  std::string path;
};

TEST_F(EvidenceRoutes, WhoHoldsATaskRunsCodeAndTheOutputIsKeptWithTheJudgment) {
  const auto ran = run("echo out; echo err >&2; exit 3");
  ASSERT_EQ(ran.status, 200) << ran.body;
  EXPECT_EQ(ran.json()["output"], "out\n");
  EXPECT_EQ(ran.json()["errors"], "err\n");
  EXPECT_EQ(ran.json()["outcome"], "failed");
  EXPECT_EQ(ran.json()["exit_status"], 3);
  const auto sum = work_out("round(compound(1000, 5, 10), 2)");
  ASSERT_EQ(sum.status, 200) << sum.body;
  EXPECT_EQ(sum.json()["value"], "1628.89");
  EXPECT_EQ(sum.json()["steps"].size(), 5U);
  const auto own = workspace.call("trainer", "GET", path + "/evidence").json()["evidence"];
  ASSERT_EQ(own.size(), 2U);
  EXPECT_EQ(own[1]["kind"], "calculation");
  EXPECT_NE(own[1]["output"].get<std::string>().find("1000 × "), std::string::npos);

  const auto sent = workspace.call("trainer", "POST", path + "/judgments",
                                   json({{"lease_token", held["lease"]["token"]},
                                         {"payload", {{"text", "It prints what it should."}}},
                                         {"seconds_active", 5}})
                                       .dump());
  ASSERT_EQ(sent.status, 201) << sent.body;
  const auto judgment = "/judgments/" + std::to_string(sent.json()["judgment_id"].get<int>()) + "/evidence";
  EXPECT_EQ(workspace.call("reviewer", "GET", judgment).json()["evidence"].size(), 2U);
  EXPECT_EQ(workspace.call("trainer", "GET", judgment).status, 403);
  EXPECT_EQ(workspace.call("foreigner", "GET", judgment).status, 404);
  EXPECT_EQ(run("echo late").status, 409);
  EXPECT_EQ(work_out("1 + 1").status, 409);
}

TEST_F(EvidenceRoutes, NobodyElseRunsAnythingOnIt) {
  EXPECT_EQ(run("echo 1", "").status, 401);
  for (const std::string who : {"stranger", "foreigner", "reviewer", "owner"}) {
    EXPECT_EQ(run("echo 1", who).status, 404) << who;
    EXPECT_EQ(work_out("1 + 1", who).status, 404) << who;
    EXPECT_EQ(workspace.call(who, "GET", path + "/evidence").status, 404) << who;
  }
  workspace.use_tokens(feedback::TokenScope::read);
  EXPECT_EQ(run("echo 1").status, 403);
}

TEST_F(EvidenceRoutes, WhatCannotBeWorkedOutIsRefusedAtItsPlaceAndKeptNowhere) {
  const auto wrong = work_out("1 / 0");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.json()["detail"].get<std::string>().find("character 3"), std::string::npos);
  EXPECT_EQ(run("").status, 400);
  EXPECT_EQ(workspace.call("trainer", "POST", path + "/runs", R"({"language": "cobol", "code": "x"})").status,
            400);
  EXPECT_EQ(workspace.call("trainer", "GET", path + "/evidence").json()["evidence"].size(), 0U);
}

TEST_F(EvidenceRoutes, APersonRunsOneThingAtATime) {
  std::thread slow([&] { EXPECT_EQ(run("sleep 2").status, 200); });
  int refused = 0;
  for (int i = 0; i < 20 && refused == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto answer = run("echo quick");
    if (answer.status == 429) ++refused;
  }
  slow.join();
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(run("echo after").status, 200);
}

TEST_F(EvidenceRoutes, ThePageLearnsWhatCanBeRun) {
  const auto state = workspace.call("trainer", "GET", "/sandbox").json();
  EXPECT_EQ(state["works"], true) << state.dump();
  EXPECT_FALSE(state["languages"].empty());
  EXPECT_EQ(state["reason"], "");
}

}  // namespace
}  // namespace preceptor::server::tests
