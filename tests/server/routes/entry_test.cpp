#include <gtest/gtest.h>

#include "feedback/passwords.hpp"
#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

struct Entry : testing::Test {
  json invitation(const json& wanted = json::object()) {
    const auto answer = workspace.call("owner", "POST", workspace.in_project("/invitations"), wanted.dump());
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  Answer accept(const json& invitation, const std::string& login) {
    const json body = {{"token", invitation["token"]},
                       {"login", login},
                       {"name", "New"},
                       {"password", "a long enough password"}};
    return workspace.call("", "POST", "/invitations/accept", body.dump());
  }
  Answer look(const json& token) {
    return workspace.call("", "POST", "/invitations/look", json({{"token", token}}).dump());
  }

  Workspace workspace;
};

TEST_F(Entry, AnInvitationMakesAnAccountAndSignsIn) {
  const auto made = invitation({{"role", "reviewer"}, {"note", "for Rita"}});
  EXPECT_EQ(look(made["token"]).json()["role"], "reviewer");
  const auto accepted = accept(made, "rita");
  ASSERT_EQ(accepted.status, 200) << accepted.body;
  EXPECT_EQ(accepted.json()["memberships"][0]["role"], "reviewer");
  const auto cookie = accepted.header("set-cookie");
  EXPECT_NE(cookie.find("HttpOnly"), std::string::npos);
  const Headers session = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
  EXPECT_EQ(workspace.call("", "GET", "/session", "", session).json()["person"]["login"], "rita");
  EXPECT_EQ(accept(made, "second").status, 410);
  EXPECT_EQ(look(made["token"]).status, 410);
  const auto list = workspace.call("owner", "GET", workspace.in_project("/invitations"));
  EXPECT_EQ(list.json()["items"][0]["state"], "accepted");
  EXPECT_EQ(list.body.find(made["token"].get<std::string>()), std::string::npos);
}

TEST_F(Entry, AnInvitationTakenBackOrRunOutOpensNothing) {
  const auto revoked = invitation();
  const auto path = workspace.in_project("/invitations/") + std::to_string(revoked["id"].get<int>());
  EXPECT_EQ(workspace.call("lead", "DELETE", path).status, 403);
  EXPECT_EQ(workspace.call("foreigner", "DELETE", path).status, 404);
  EXPECT_EQ(workspace.call("owner", "DELETE", path).status, 204);
  EXPECT_EQ(accept(revoked, "rita").status, 410);
  const auto late = invitation({{"expires_days", 1}});
  workspace.clock().move(std::chrono::hours(25));
  EXPECT_EQ(accept(late, "rita").status, 410);
  EXPECT_EQ(look("made up").status, 404);
}

TEST_F(Entry, SomebodyWithAnAccountJoinsWithIt) {
  const auto made = invitation();
  const auto body = json({{"token", made["token"]}}).dump();
  EXPECT_EQ(workspace.call("", "POST", "/invitations/join", body).status, 401);
  EXPECT_EQ(workspace.call("trainer", "POST", "/invitations/join", body).status, 409);
  const auto joined = workspace.call("stranger", "POST", "/invitations/join", body);
  EXPECT_EQ(joined.status, 200) << joined.body;
  EXPECT_EQ(workspace.call("stranger", "GET", workspace.in_project("")).status, 200);
}

TEST_F(Entry, AnAdministratorsLinkGivesANewPassword) {
  workspace.add_person("boss", "the boss's own password", feedback::Role::owner);
  const auto ann = workspace.add_person("ann", "correct horse battery", feedback::Role::trainer);
  const auto path = "/people/" + std::to_string(ann.value) + "/password-reset";
  EXPECT_EQ(workspace.call("administrator", "POST", path).status, 403) << "a token makes no such link";
  const auto link = loop::write(workspace.storage(), [&](loop::Records& records) {
    return feedback::issue_password_reset(records,
                                          {.person = workspace.id_of("administrator"), .administrator = true},
                                          ann, false, workspace.clock());
  });
  const auto shown =
      workspace.call("", "POST", "/password-resets/look", json({{"token", link->token}}).dump());
  EXPECT_EQ(shown.json()["login"], "ann");
  const auto use = [&](const std::string& password) {
    return workspace.call("", "POST", "/password-resets/use",
                          json({{"token", link->token}, {"password", password}}).dump());
  };
  EXPECT_EQ(use("short").status, 400);
  EXPECT_EQ(use("a new and long password").status, 204);
  EXPECT_EQ(use("a new and long password").status, 410);
  const auto sign_in = [&](const std::string& password) {
    return workspace.call("", "POST", "/session", json({{"login", "ann"}, {"password", password}}).dump())
        .status;
  };
  EXPECT_EQ(sign_in("correct horse battery"), 401);
  EXPECT_EQ(sign_in("a new and long password"), 200);
}

}  // namespace
}  // namespace preceptor::server::tests
