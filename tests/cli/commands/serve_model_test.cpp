#include <gtest/gtest.h>
#include <signal.h>

#include <future>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "cli/free_port.hpp"
#include "net/http_client.hpp"
#include "tests/support/program.hpp"
#include "tests/support/tiny_model.hpp"

namespace preceptor::cli::tests {
namespace {

using nlohmann::json;

class ServeModel : public testing::Test {
protected:
  ServeModel() {
    write_tiny_model(folder.path() / "ferry-model");
    program = std::make_unique<RunningProgram>(
        std::vector<std::string>{"serve", "--model", (folder.path() / "ferry-model").string(), "--precision",
                                 "fp32", "--port", std::to_string(port)});
    EXPECT_TRUE(program->says("/v1")) << program->err();
  }
  ~ServeModel() override {
    program->send(SIGTERM);
    EXPECT_EQ(program->wait(), 0);
  }

  net::Request request(const std::string& path, const json& body) const {
    return {.method = body.is_null() ? net::Method::get : net::Method::post,
            .url = fmt::format("http://127.0.0.1:{}/v1/{}", port, path),
            .headers = {{"Content-Type", "application/json"}},
            .body = body.is_null() ? "" : body.dump()};
  }
  json call(const std::string& path, const json& body = {}) const {
    net::HttpClient client;
    const auto answer = client.send(request(path, body));
    EXPECT_TRUE(answer.has_value());
    return json::parse(answer->body);
  }
  json ask(json more) const {
    json body = {{"model", "ferry-model"},
                 {"messages", {{{"role", "user"}, {"content", "What does the ferry cost?"}}}},
                 {"max_tokens", 24}};
    body.update(more);
    return call("chat/completions", body);
  }
  static std::string text_of(const json& answer) {
    return answer.at("choices").at(0).at("message").at("content").get<std::string>();
  }

  TemporaryFolder folder;
  int port = free_port();
  std::unique_ptr<RunningProgram> program;
};

TEST_F(ServeModel, AnswersConversationsWithoutAWorkspace) {
  EXPECT_EQ(call("models").at("data").at(0).at("id"), "ferry-model");
  const json one = ask({{"seed", 5}});
  EXPECT_EQ(one.at("usage").at("completion_tokens").get<int>() > 0, true);
  EXPECT_EQ(text_of(one), text_of(ask({{"seed", 5}}))) << "the seed decides the text";
  EXPECT_NE(text_of(one), text_of(ask({{"seed", 6}})));
  const json many = ask({{"seed", 5}, {"n", 3}});
  EXPECT_EQ(text_of(one), text_of(many)) << "the first of several samples is that of one";

  std::string streamed;
  net::HttpClient client;
  json body = {{"model", "x"},
               {"messages", {{{"role", "user"}, {"content", "What does the ferry cost?"}}}},
               {"max_tokens", 24},
               {"seed", 5},
               {"stream", true}};
  const auto answer = client.stream(request("chat/completions", body), [&](const net::ServerEvent& event) {
    if (event.data != "[DONE]")
      streamed += json::parse(event.data).at("choices").at(0).at("delta").value("content", "");
    return true;
  });
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(streamed, text_of(one));
}

TEST_F(ServeModel, ManyAtOnceGetTheTextsTheyGetAlone) {
  std::vector<std::string> alone;
  for (int seed = 0; seed < 8; ++seed) alone.push_back(text_of(ask({{"seed", seed}})));
  std::vector<std::future<std::string>> together;
  for (int seed = 0; seed < 8; ++seed)
    together.push_back(std::async(std::launch::async, [&, seed] { return text_of(ask({{"seed", seed}})); }));
  for (std::size_t seed = 0; seed < 8; ++seed) EXPECT_EQ(together[seed].get(), alone[seed]) << seed;
}

TEST_F(ServeModel, HoldsTextsToASchema) {
  const json schema = {
      {"type", "object"},
      {"properties",
       {{"pier", {{"type", "integer"}, {"minimum", 1}, {"maximum", 30}}}, {"open", {{"type", "boolean"}}}}},
      {"required", {"pier", "open"}},
      {"additionalProperties", false}};
  for (int seed = 0; seed < 5; ++seed) {
    const json answer =
        ask({{"seed", seed},
             {"max_tokens", 200},
             {"response_format",
              {{"type", "json_schema"}, {"json_schema", {{"name", "pier"}, {"schema", schema}}}}}});
    const json value = json::parse(text_of(answer));
    EXPECT_TRUE(value.at("open").is_boolean());
    EXPECT_LE(value.at("pier"), 30);
    EXPECT_EQ(answer.at("choices").at(0).at("finish_reason"), "stop");
  }
  const json refused =
      ask({{"response_format",
            {{"type", "json_schema"}, {"json_schema", {{"name", "x"}, {"schema", {{"not", true}}}}}}}});
  EXPECT_NE(refused.at("error").at("message").get<std::string>().find("not"), std::string::npos);
}

TEST_F(ServeModel, APromptBeyondTheContextIsToldClearly) {
  const json answer = call("completions", {{"model", "x"}, {"prompt", std::string(4000, 'x')}});
  EXPECT_EQ(answer.at("error").at("code"), "context_length_exceeded");
  EXPECT_NE(answer.at("error").at("message").get<std::string>().find("512"), std::string::npos) << answer;
}

}  // namespace
}  // namespace preceptor::cli::tests
