#include <gtest/gtest.h>

#include "feedback/personal_data.hpp"
#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

constexpr auto password = "correct horse battery";

struct PersonalData : testing::Test {
  PersonalData() {
    ann = workspace.add_person("ann", password, feedback::Role::trainer);
    workspace.add_task("write", 3);
  }

  Headers sign_in(const std::string& login = "ann") {
    const auto answer =
        workspace.call("", "POST", "/session", json({{"login", login}, {"password", password}}).dump());
    const auto cookie = answer.header("set-cookie");
    return {{"Cookie", cookie.substr(0, cookie.find(';'))}, {"X-CSRF-Token", answer.json()["csrf_token"]}};
  }
  Headers administrator() {
    auto prepared = feedback::prepare_person(
        {.login = "boss", .name = "Boss", .password = password, .administrator = true}, workspace.clock());
    loop::write(workspace.storage(), [&](loop::Records& records) {
      return feedback::create_person_locally(records, *prepared, workspace.clock());
    });
    return sign_in("boss");
  }
  Answer call(const Headers& session, const std::string& method, const std::string& path,
              const json& body = nullptr) {
    return workspace.call("", method, path, body.is_null() ? "" : body.dump(), session);
  }
  void write_judgment(const Headers& session) {
    const auto task = call(session, "POST", workspace.in_project("/tasks/next"), json::object()).json();
    const auto path = "/tasks/" + std::to_string(task["task"]["id"].get<int>()) + "/judgments";
    const auto sent = call(session, "POST", path,
                           {{"lease_token", task["lease"]["token"]},
                            {"payload", {{"text", "Light is scattered, says Ann of Bergen."}}},
                            {"seconds_active", 5}});
    ASSERT_EQ(sent.status, 201) << sent.body;
  }

  Workspace workspace;
  feedback::PersonId ann;
};

TEST_F(PersonalData, ATrainerTakesEverythingAlong) {
  const auto session = sign_in();
  write_judgment(session);
  const auto answer = call(session, "GET", "/account/data");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_NE(answer.header("content-disposition").find("attachment"), std::string::npos);
  const auto data = answer.json()["data"];
  EXPECT_EQ(data["account"]["login"], "ann");
  EXPECT_EQ(data["judgments"][0]["payload"]["text"], "Light is scattered, says Ann of Bergen.");
  EXPECT_EQ(data["sessions"].size(), 1U);
  EXPECT_FALSE(data["events"].empty());
  EXPECT_EQ(answer.body.find("password_hash"), std::string::npos);
  EXPECT_EQ(answer.body.find("csrf"), std::string::npos);
  EXPECT_EQ(workspace.call("trainer", "GET", "/account/data").status, 403) << "an API token takes nothing";
}

TEST_F(PersonalData, OneErasesOneselfWithLoginAndPassword) {
  const auto session = sign_in();
  write_judgment(session);
  EXPECT_EQ(call(session, "POST", "/account/erase", {{"login", "bob"}, {"password", password}}).status, 409);
  EXPECT_EQ(call(session, "POST", "/account/erase", {{"login", "ann"}, {"password", "wrong one"}}).status,
            403);
  const auto erased = call(session, "POST", "/account/erase", {{"login", "ann"}, {"password", password}});
  ASSERT_EQ(erased.status, 200) << erased.body;
  EXPECT_EQ(erased.json()["judgments"], 1);
  EXPECT_EQ(call(session, "GET", "/session").status, 401);
  const auto list = workspace.call("reviewer", "GET", workspace.in_project("/judgments"));
  EXPECT_EQ(list.body.find("Bergen"), std::string::npos);
  EXPECT_EQ(list.json()["items"][0]["payload"], json({{"erased", true}}));
}

TEST_F(PersonalData, AnAdministratorErasesWhomTheyName) {
  const auto boss = administrator();
  const auto path = "/people/" + std::to_string(ann.value) + "/erase";
  EXPECT_EQ(workspace.call("administrator", "POST", path, R"({"login": "ann"})").status, 403) << "a token";
  EXPECT_EQ(call(sign_in(), "POST", path, {{"login", "ann"}}).status, 403);
  EXPECT_EQ(call(boss, "POST", path, {{"login", "bob"}}).status, 409);
  EXPECT_EQ(call(boss, "POST", "/people/9999/erase", {{"login", "ann"}}).status, 404);
  EXPECT_EQ(call(boss, "POST", path, {{"login", "ann"}}).status, 200);
  EXPECT_EQ(call(boss, "POST", path, {{"login", "erased-" + std::to_string(ann.value)}}).status, 409);
}

TEST_F(PersonalData, WhoLooksAtOthersIsOnRecordBeforeTheySeeThem) {
  EXPECT_EQ(workspace.call("lead", "GET", workspace.in_project("/members")).status, 200);
  EXPECT_EQ(workspace.call("reviewer", "GET", workspace.in_project("/quality")).status, 200);
  EXPECT_EQ(workspace.call("trainer", "GET", workspace.in_project("/my/judgments")).status, 200);
  EXPECT_EQ(workspace.call("trainer", "GET", workspace.in_project("/members")).status, 403);
  EXPECT_EQ(workspace.call("lead", "GET", "/reads-of-people").status, 403);
  const auto reads = workspace.call("administrator", "GET", "/reads-of-people").json()["items"];
  ASSERT_EQ(reads.size(), 2U) << reads.dump();
  EXPECT_EQ(reads[0]["what"], "showQuality");
  EXPECT_EQ(reads[0]["reader_id"], workspace.id_of("reviewer").value);
  EXPECT_EQ(reads[1]["what"], "listMembers");
  EXPECT_EQ(reads[1]["project_id"], workspace.project().value);
  for (const auto& person : reads[1]["people"]) EXPECT_NE(person, workspace.id_of("lead").value);
}

}  // namespace
}  // namespace preceptor::server::tests
