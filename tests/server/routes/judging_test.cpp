#include <gtest/gtest.h>

#include <thread>

#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

struct Judging : testing::Test {
  Answer next(const std::string& who) {
    return workspace.call(who, "POST", workspace.in_project("/tasks/next"), "{}");
  }
  static std::string task_path(const json& next, const std::string& rest) {
    return "/tasks/" + std::to_string(next["task"]["id"].get<std::int64_t>()) + rest;
  }
  static std::string compare(const json& next, int better = 0) {
    const json payload = {{"outcome", "better"},
                          {"better", next["task"]["responses"][better]["id"]},
                          {"strength", "clearly"},
                          {"reason", "It is right."},
                          {"flags", json::array()}};
    return json({{"lease_token", next["lease"]["token"]}, {"payload", payload}, {"seconds_active", 12.5}})
        .dump();
  }
  Answer submit(const std::string& who, const json& next, const Headers& headers = {}) {
    return workspace.call(who, "POST", task_path(next, "/judgments"), compare(next), headers);
  }

  Workspace workspace;
};

TEST_F(Judging, ATaskGoesFromTheQueueToAJudgment) {
  workspace.add_task("compare", 1);
  const auto handed = next("trainer");
  ASSERT_EQ(handed.status, 200) << handed.body;
  const json task = handed.json();
  EXPECT_EQ(task["task"]["kind"], "compare");
  EXPECT_EQ(task["task"]["responses"].size(), 2u);
  EXPECT_FALSE(task["task"]["responses"][0].contains("model_id"))
      << "a judge must not see where an answer comes from";
  EXPECT_FALSE(task["task"].contains("gold"));
  EXPECT_EQ(task["task"]["rubric"]["dimensions"][0]["key"], "accuracy");
  EXPECT_TRUE(task["draft"].is_null());

  EXPECT_EQ(next("trainer").json()["task"]["id"], task["task"]["id"]) << "an unfinished task comes again";
  EXPECT_EQ(workspace.call("trainer", "PUT", task_path(task, "/draft"), R"({"payload": {"reason": "half"}})")
                .status,
            204);
  EXPECT_EQ(next("trainer").json()["draft"]["reason"], "half");

  const json lease = {{"lease_token", next("trainer").json()["lease"]["token"]}};
  EXPECT_EQ(workspace.call("trainer", "POST", task_path(task, "/lease"), lease.dump()).status, 200);
  const auto receipt = submit("trainer", next("trainer").json());
  ASSERT_EQ(receipt.status, 201) << receipt.body;
  EXPECT_EQ(receipt.json()["counted"], true);
  EXPECT_TRUE(receipt.json()["gold"].is_null());

  EXPECT_EQ(next("trainer").status, 204);
  EXPECT_EQ(workspace.call("trainer", "GET", workspace.in_project("/my/progress")).json()["done"], 1);
  const auto mine = workspace.call("trainer", "GET", workspace.in_project("/my/judgments")).json();
  EXPECT_EQ(mine["items"][0]["payload"]["outcome"], "better");
  EXPECT_EQ(workspace.call("reviewer", "GET", workspace.in_project("/judgments")).json()["items"].size(), 1u);
}

TEST_F(Judging, ASecondJudgmentOfOneSlotIsAConflict) {
  workspace.add_task("compare", 2);
  const json task = next("trainer").json();
  EXPECT_EQ(submit("trainer", task).status, 201);
  EXPECT_EQ(submit("trainer", task).status, 409);
}

TEST_F(Judging, TheSameIdempotencyKeyGetsTheFirstReceiptAgain) {
  workspace.add_task("compare", 2);
  const json task = next("trainer").json();
  const auto first = submit("trainer", task, {{"Idempotency-Key", "k-1"}});
  const auto again = submit("trainer", task, {{"Idempotency-Key", "k-1"}});
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.json()["judgment_id"], first.json()["judgment_id"]);
  EXPECT_EQ(again.json()["repeated"], true);
  EXPECT_EQ(workspace.call("reviewer", "GET", workspace.in_project("/judgments")).json()["items"].size(), 1u);
}

TEST_F(Judging, WorkThatComesAfterItsLeaseIsKept) {
  workspace.add_task("compare", 1);
  const json late = next("trainer").json();
  workspace.clock().move(std::chrono::minutes(20));
  const json taken_over = next("reviewer").json();
  ASSERT_EQ(taken_over["task"]["id"], late["task"]["id"]);
  EXPECT_EQ(submit("reviewer", taken_over).json()["counted"], true);
  const auto receipt = submit("trainer", late);
  EXPECT_EQ(receipt.status, 201) << receipt.body;
  EXPECT_EQ(receipt.json()["counted"], false);
  EXPECT_EQ(workspace.call("reviewer", "GET", workspace.in_project("/judgments")).json()["items"].size(), 2u);
}

TEST_F(Judging, ALateLeaseThatNobodyTookStillCounts) {
  workspace.add_task("compare", 1);
  const json late = next("trainer").json();
  workspace.clock().move(std::chrono::hours(2));
  EXPECT_EQ(submit("trainer", late).json()["counted"], true);
}

TEST_F(Judging, ASkippedTaskGoesToSomebodyElse) {
  workspace.add_task("compare", 1);
  const json task = next("trainer").json();
  const json skip = {{"lease_token", task["lease"]["token"]}, {"reason", "not my field"}};
  EXPECT_EQ(workspace.call("trainer", "POST", task_path(task, "/skip"), skip.dump()).status, 204);
  EXPECT_EQ(next("trainer").status, 204);
  EXPECT_EQ(next("reviewer").json()["task"]["id"], task["task"]["id"]);
}

TEST_F(Judging, SomebodyElsesTaskIsNotFound) {
  workspace.add_task("compare", 1);
  const json task = next("trainer").json();
  EXPECT_EQ(submit("reviewer", task).status, 404);
  EXPECT_EQ(submit("stranger", task).status, 404);
  EXPECT_EQ(workspace.call("stranger", "PUT", task_path(task, "/draft"), R"({"payload": {}})").status, 404);
}

TEST_F(Judging, APayloadThatDoesNotFitTheTaskIsRefusedAndCanBeMended) {
  workspace.add_task("rate", 1);
  const json task = next("trainer").json();
  EXPECT_EQ(submit("trainer", {{"task", {{"id", task["task"]["id"]}, {"responses", {{{"id", 1}}}}}},
                               {"lease", task["lease"]}})
                .status,
            400);
  const auto rate = [&](int score, const std::string& reason) {
    const json payload = {{"scores", {{"accuracy", score}}}, {"reasons", {{"accuracy", reason}}}};
    const json body = {{"lease_token", task["lease"]["token"]}, {"payload", payload}, {"seconds_active", 3}};
    return workspace.call("trainer", "POST", task_path(task, "/judgments"), body.dump());
  };
  EXPECT_EQ(rate(6, "").status, 400);
  EXPECT_EQ(rate(1, "").status, 400) << "a low score needs a reason";
  EXPECT_EQ(rate(1, "It is wrong.").status, 201);
}

TEST_F(Judging, APausedMemberReadsWhyAndGetsNoTasks) {
  workspace.add_task("compare", 1);
  const auto path =
      workspace.in_project("/members/" + std::to_string(workspace.id_of("trainer").value) + "/pause");
  EXPECT_EQ(
      workspace.call("lead", "POST", path, R"({"paused": true, "reason": "Please read the guidelines"})")
          .status,
      200);
  const auto refused = next("trainer");
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("Please read the guidelines"), std::string::npos) << refused.body;
  EXPECT_EQ(workspace.call("lead", "POST", path, R"({"paused": false})").status, 200);
  EXPECT_EQ(next("trainer").status, 200);
}

TEST_F(Judging, QualityListsEverybody) {
  const auto quality = workspace.call("reviewer", "GET", workspace.in_project("/quality")).json();
  EXPECT_EQ(quality["people"].size(), 5u);
  EXPECT_EQ(quality["people"][0]["golds"], 0);
  EXPECT_TRUE(quality["agreement"]["krippendorff_alpha"].is_null());
}

TEST_F(Judging, AGoldAnswersWhetherItWasRightAndWhy) {
  const json project = {
      {"name", "All golds"},
      {"languages", {"en"}},
      {"guideline", "# Be right"},
      {"rubric", {{"dimensions", {{{"key", "a"}, {"label", "A"}, {"scale_min", 1}, {"scale_max", 5}}}}}},
      {"gold_watch", {{"rate", 1}}}};
  const auto made = workspace.call("administrator", "POST", "/projects", project.dump());
  ASSERT_EQ(made.status, 200) << made.body;
  workspace.use_project(made.json()["id"]);
  for (const std::string who : {"lead", "trainer"}) {
    const auto path = workspace.in_project("/members/" + std::to_string(workspace.id_of(who).value));
    EXPECT_EQ(workspace.call("administrator", "PUT", path, json({{"role", who}}).dump()).status, 200);
  }
  workspace.add_task("compare", 1, true);
  const json task = next("trainer").json();
  const auto receipt = submit("trainer", task).json();
  EXPECT_EQ(receipt["gold"]["explanation"], "It is right.") << receipt;
  const auto listed = workspace.call("lead", "GET", workspace.in_project("/tasks")).json()["items"][0];
  EXPECT_EQ(receipt["gold"]["right"], listed["gold"]["better"] == task["task"]["responses"][0]["id"]);
  EXPECT_EQ(workspace.call("trainer", "GET", workspace.in_project("/my/progress")).json()["golds"], 1);
}

TEST_F(Judging, ManyJudgesAtOnceGetExactlyTheOverlapThatWasAskedFor) {
  for (int i = 0; i < 6; ++i) workspace.add_task("compare", 3);
  std::vector<std::thread> judges;
  std::atomic<int> sent{0}, refused{0};
  for (const std::string who : {"owner", "lead", "reviewer", "trainer"}) {
    judges.emplace_back([&, who] {
      for (;;) {
        const auto handed = next(who);
        if (handed.status != 200) {
          refused += handed.status != 204;
          return;
        }
        submit(who, handed.json()).status == 201 ? ++sent : ++refused;
      }
    });
  }
  for (auto& judge : judges) judge.join();
  EXPECT_EQ(sent, 18);
  EXPECT_EQ(refused, 0);
  const json tasks = workspace.call("lead", "GET", workspace.in_project("/tasks")).json()["items"];
  EXPECT_EQ(tasks.size(), 6u);
  for (const auto& task : tasks) {
    EXPECT_EQ(task["counted"], 3);
    EXPECT_EQ(task["state"], "done");
  }
}

TEST_F(Judging, ListsComeInPages) {
  for (int i = 0; i < 5; ++i) workspace.add_prompt("Question " + std::to_string(i));
  std::string cursor;
  std::vector<std::string> seen;
  for (int page = 0; page < 3; ++page) {
    const auto answer = workspace.call(
        "lead", "GET",
        workspace.in_project("/prompts?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor)));
    const json items = answer.json()["items"];
    for (const auto& item : items) seen.push_back(item["messages"][0]["content"]);
    if (answer.json()["next_cursor"].is_null()) break;
    cursor = answer.json()["next_cursor"];
  }
  EXPECT_EQ(seen,
            (std::vector<std::string>{"Question 0", "Question 1", "Question 2", "Question 3", "Question 4"}));
}

TEST_F(Judging, AStormOfJudgesGetsEveryTaskAsOftenAsItAsksForAndNoMore) {
  constexpr int judge_count = 12, task_count = 40, overlap = 3;
  for (int i = 0; i < task_count; ++i) workspace.add_task("compare", overlap);
  std::vector<std::string> tokens;
  loop::write(workspace.storage(), [&](loop::Records& records) {
    for (int i = 0; i < judge_count; ++i) {
      const feedback::PreparedPerson someone{
          .person = {.login = "judge" + std::to_string(i), .name = "Judge"}, .password_hash = "none"};
      const auto judge = feedback::create_person_locally(records, someone, workspace.clock()).value();
      records.put_role(workspace.project(), judge.id, feedback::Role::trainer);
      tokens.push_back(feedback::create_token(records, {.person = judge.id}, {.name = "t"}, workspace.clock())
                           .value()
                           .token);
    }
  });
  std::atomic<int> counted = 0, surplus = 0, strange = 0;
  std::vector<std::thread> judges;
  for (const std::string& token : tokens) {
    judges.emplace_back([&, token] {
      const Headers headers = {{"Authorization", "Bearer " + token}};
      Connection connection(workspace.port());
      for (;;) {
        const auto next =
            connection.request("POST", "/api/v1" + workspace.in_project("/tasks/next"), "{}", headers);
        if (next.status != 200) {
          strange += next.status != 204;
          return;
        }
        const json handed = next.json();
        const json body = {{"lease_token", handed["lease"]["token"]},
                           {"payload", {{"outcome", "tie"}}},
                           {"seconds_active", 1}};
        const auto receipt = connection.request(
            "POST",
            "/api/v1/tasks/" + std::to_string(handed["task"]["id"].get<std::int64_t>()) + "/judgments",
            body.dump(), headers);
        if (receipt.status != 201) {
          ++strange;
          return;
        }
        ++(receipt.json()["counted"].get<bool>() ? counted : surplus);
      }
    });
  }
  for (std::thread& judge : judges) judge.join();
  EXPECT_EQ(strange, 0);
  EXPECT_EQ(surplus, 0);
  EXPECT_EQ(counted, task_count * overlap);
  loop::read(workspace.storage(), [&](loop::Records& records) {
    for (const auto& task : records.tasks({.project = workspace.project()}).items) {
      EXPECT_EQ(task.counted, overlap) << task.id.value;
      EXPECT_EQ(task.state, feedback::TaskState::done);
    }
  });
}

}  // namespace
}  // namespace preceptor::server::tests
