#include <gtest/gtest.h>

#include <thread>

#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

struct Idempotency : testing::Test {
  Answer add_guideline(const std::string& markdown, const std::string& key, const std::string& who = "lead") {
    return workspace.call(who, "POST", workspace.in_project("/guidelines"),
                          json({{"markdown", markdown}}).dump(), {{"Idempotency-Key", key}});
  }
  std::size_t versions() {
    return workspace.call("lead", "GET", workspace.in_project("/guidelines")).json()["items"].size();
  }

  Workspace workspace;
};

TEST_F(Idempotency, ARequestSentTwiceHasOneEffectAndOneAnswer) {
  const auto first = add_guideline("# More", "k1");
  const auto again = add_guideline("# More", "k1");
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.header("idempotency-replayed"), "");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(versions(), 2U);
}

TEST_F(Idempotency, TheSameKeyWithAnotherBodyIsRefused) {
  add_guideline("# More", "k1");
  const auto other = add_guideline("# Else", "k1");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.header("content-type"), "application/problem+json");
  EXPECT_EQ(other.json()["where"], "Idempotency-Key");
  EXPECT_EQ(versions(), 2U);
}

TEST_F(Idempotency, AKeyBelongsToItsPersonAndRoute) {
  add_guideline("# More", "k1");
  EXPECT_EQ(add_guideline("# More", "k1", "owner").header("idempotency-replayed"), "");
  const json prompts = {{"items", {{{"messages", {{{"role", "user"}, {"content", "x"}}}}}}}};
  EXPECT_EQ(
      workspace
          .call("lead", "POST", workspace.in_project("/prompts"), prompts.dump(), {{"Idempotency-Key", "k1"}})
          .header("idempotency-replayed"),
      "");
  EXPECT_EQ(versions(), 3U);
}

TEST_F(Idempotency, ARefusalLeavesTheKeyFree) {
  EXPECT_EQ(add_guideline(" ", "k1").status, 400);
  EXPECT_EQ(add_guideline("# More", "k1").status, 200);
  const auto person = [&](const std::string& login) {
    return workspace.call("administrator", "POST", "/people",
                          json({{"login", login}, {"name", "N"}, {"password", "long enough it is"}}).dump(),
                          {{"Idempotency-Key", "p1"}});
  };
  EXPECT_EQ(person("lead").status, 409) << "the login is taken";
  EXPECT_EQ(person("fresh").status, 200) << "a route that opens its own transactions";
  EXPECT_EQ(person("fresh").header("idempotency-replayed"), "true");
  EXPECT_EQ(person("fresher").status, 422);
}

TEST_F(Idempotency, ManyAtOnceHaveOneEffect) {
  std::vector<std::thread> threads;
  std::atomic<int> fine = 0;
  for (int i = 0; i < 12; ++i)
    threads.emplace_back([&] {
      const auto answer = add_guideline("# At once", "k1");
      if (answer.status == 200) ++fine;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(fine, 12);
  EXPECT_EQ(versions(), 2U);
}

TEST_F(Idempotency, AKeyIsForgottenAfterADay) {
  add_guideline("# More", "k1");
  workspace.clock().move(std::chrono::hours(25));
  EXPECT_EQ(add_guideline("# Else", "k1").status, 200);
  EXPECT_EQ(versions(), 3U);
}

TEST_F(Idempotency, ASecretIsNeverGivenTwice) {
  const auto make = [&] {
    return workspace.call("lead", "POST", "/tokens", R"({"name": "t"})", {{"Idempotency-Key", "t1"}});
  };
  const auto first = make();
  ASSERT_EQ(first.status, 200);
  const auto again = make();
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.body.find(first.json()["token"].get<std::string>()), std::string::npos);
  loop::read(workspace.storage(), [&](loop::Records& records) {
    const auto kept = records.kept_answer(workspace.id_of("lead"), "POST /tokens", "t1");
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->body, "");
  });
}

TEST_F(Idempotency, GettingTheNextTaskTwiceHandsOutOneTask) {
  workspace.add_task("write", 2);
  workspace.add_task("write", 2);
  const auto next = [&](const std::string& key) {
    return workspace.call("trainer", "POST", workspace.in_project("/tasks/next"), "{}",
                          {{"Idempotency-Key", key}});
  };
  const auto first = next("n1");
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(next("n1").body, first.body);
}

TEST_F(Idempotency, AKeyThatIsNoneIsRefused) {
  EXPECT_EQ(add_guideline("# More", std::string(201, 'k')).status, 400);
  EXPECT_EQ(add_guideline("# More", "two words").status, 400);
}

TEST_F(Idempotency, AJudgmentSentAgainWithAnotherContentIsRefused) {
  workspace.add_task("write", 2);
  const auto task = workspace.call("trainer", "POST", workspace.in_project("/tasks/next"), "{}").json();
  const auto path = "/tasks/" + std::to_string(task["task"]["id"].get<int>()) + "/judgments";
  const auto send = [&](const std::string& text) {
    return workspace.call(
        "trainer", "POST", path,
        json({{"lease_token", task["lease"]["token"]}, {"payload", {{"text", text}}}, {"seconds_active", 5}})
            .dump(),
        {{"Idempotency-Key", "j1"}});
  };
  const auto first = send("One answer in words.");
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(send("One answer in words.").json()["judgment_id"], first.json()["judgment_id"]);
  EXPECT_EQ(send("Another answer in words.").status, 422);
}

}  // namespace
}  // namespace preceptor::server::tests
