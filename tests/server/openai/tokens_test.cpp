#include <gtest/gtest.h>

#include "tests/support/scripted_model.hpp"
#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

struct OpenAiTokens : testing::Test {
  // Everybody's model is called after them.
  OpenAiTokens() {
    openai::Models models;
    models.list = [this](const feedback::Actor& actor) {
      return std::vector<openai::NamedModel>{{name_of(actor), "Science", 1}};
    };
    models.open = [this](const feedback::Actor& actor,
                         const std::string& name) -> Result<std::shared_ptr<loop::CompletionModel>> {
      if (name == name_of(actor)) return model;
      return refuse(ErrorKind::not_found, "There is no model " + name, {}, "model");
    };
    workspace = std::make_unique<Workspace>(fake_chat, models);
    workspace->use_tokens(feedback::TokenScope::model);
  }
  static std::string name_of(const feedback::Actor& actor) {
    return "model-" + std::to_string(actor.person.value);
  }
  std::string model_of(const std::string& who) const {
    return "model-" + std::to_string(workspace->id_of(who).value);
  }
  Answer call(const std::string& method, const std::string& path, const json& body,
              const Headers& headers) const {
    Connection connection(workspace->port());
    return connection.request(method, path, body.is_null() ? "" : body.dump(), headers);
  }
  Answer ask(const std::string& name, const Headers& headers) const {
    return call("POST", "/v1/completions", {{"model", name}, {"prompt", "Once"}}, headers);
  }
  Headers bearer(const std::string& who) const {
    return {{"Authorization", "Bearer " + workspace->token_of(who)}};
  }

  std::shared_ptr<ScriptedModel> model = std::make_shared<ScriptedModel>();
  std::unique_ptr<Workspace> workspace;
};

TEST_F(OpenAiTokens, ATokenOpensItsOwnersModels) {
  EXPECT_EQ(ask(model_of("lead"), bearer("lead")).status, 200);
  EXPECT_EQ(ask(model_of("lead"), bearer("owner")).status, 404);
  const json list = call("GET", "/v1/models", {}, bearer("owner")).json();
  EXPECT_EQ(list["data"][0]["id"], model_of("owner"));
}

TEST_F(OpenAiTokens, WithoutAGoodTokenThereIsNothing) {
  for (const Headers& headers : {Headers{}, Headers{{"Authorization", "Bearer wrong"}},
                                 Headers{{"Cookie", "preceptor_session=wrong"}}}) {
    const auto answer = ask(model_of("lead"), headers);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.json()["error"]["code"], "invalid_api_key") << answer.body;
    EXPECT_EQ(call("GET", "/v1/models", {}, headers).status, 401);
  }
}

TEST_F(OpenAiTokens, OnlyATokenForModelsOpensThem) {
  for (const auto scope :
       {feedback::TokenScope::read, feedback::TokenScope::write, feedback::TokenScope::judge}) {
    workspace->use_tokens(scope);
    EXPECT_EQ(call("GET", "/v1/models", {}, bearer("lead")).status, 403);
    const auto answer = ask(model_of("lead"), bearer("lead"));
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.json()["error"]["type"], "permission_error");
  }
}

}  // namespace
}  // namespace preceptor::server::tests
