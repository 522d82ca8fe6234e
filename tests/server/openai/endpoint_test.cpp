#include <gtest/gtest.h>

#include <thread>

#include "server/model_server.hpp"
#include "tests/support/client.hpp"
#include "tests/support/scripted_model.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

class OpenAiEndpoint : public testing::Test {
protected:
  OpenAiEndpoint() {
    openai::Models models;
    models.list = [](const feedback::Actor&) {
      return std::vector<openai::NamedModel>{{"ferry", "Ferries", 1'700'000'000}};
    };
    models.open = [this](const feedback::Actor&,
                         const std::string& name) -> Result<std::shared_ptr<loop::CompletionModel>> {
      if (name == "ferry") return model;
      return refuse(ErrorKind::not_found, "There is no model " + name, {}, "model");
    };
    server = ModelServer::start({.port = 0}, models, clock).value();
  }

  Answer call(const std::string& method, const std::string& path, const json& body = {},
              Headers headers = {}) {
    Connection connection(server->port());
    headers.emplace_back("Content-Type", "application/json");
    return connection.request(method, path, body.is_null() ? "" : body.dump(), headers);
  }
  Answer chat(json more = json::object()) {
    json body = {{"model", "ferry"}, {"messages", {{{"role", "user"}, {"content", "Why?"}}}}};
    body.update(more);
    return call("POST", "/v1/chat/completions", body);
  }
  Answer complete(json more = json::object()) {
    json body = {{"model", "ferry"}, {"prompt", "Once"}};
    body.update(more);
    return call("POST", "/v1/completions", body);
  }
  // The data of every event, the last being [DONE].
  std::vector<std::string> stream(const std::string& path, const json& body) {
    Connection connection(server->port());
    connection.send(request_text("POST", path, body.dump(), {{"Content-Type", "application/json"}}));
    EXPECT_EQ(connection.receive_head().status, 200);
    std::vector<std::string> all;
    while (const auto event = connection.receive_event())
      all.push_back(event->substr(event->find("data: ") + 6));
    return all;
  }
  void expect_no_text_runs() {
    for (int i = 0; i < 300 && model->running > 0; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(model->running, 0);
  }

  SystemClock clock;
  std::shared_ptr<ScriptedModel> model = std::make_shared<ScriptedModel>();
  std::unique_ptr<ModelServer> server;
};

TEST_F(OpenAiEndpoint, AnswersAConversation) {
  const auto answer = chat({{"n", 2}, {"seed", -3}, {"temperature", 0.25}, {"stop", "\n"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json told = answer.json();
  EXPECT_EQ(told["object"], "chat.completion");
  EXPECT_TRUE(told["id"].get<std::string>().starts_with("chatcmpl-"));
  EXPECT_EQ(told["model"], "ferry");
  ASSERT_EQ(told["choices"].size(), 2U);
  EXPECT_EQ(told["choices"][1]["index"], 1);
  EXPECT_EQ(told["choices"][1]["message"],
            (json{{"role", "assistant"}, {"content", "Water boils."}, {"refusal", nullptr}}));
  EXPECT_EQ(told["choices"][1]["finish_reason"], "stop");
  EXPECT_TRUE(told["choices"][1]["logprobs"].is_null());
  EXPECT_EQ(told["usage"]["prompt_tokens"], 11) << "the prompt of two samples counts once";
  EXPECT_EQ(told["usage"]["completion_tokens"], 6);
  EXPECT_EQ(told["usage"]["total_tokens"], 17);
  EXPECT_EQ(told["usage"]["prompt_tokens_details"]["cached_tokens"], 4);
  EXPECT_EQ(model->samples, 2);
  EXPECT_EQ(model->settings.seed, static_cast<std::uint64_t>(-3));
  EXPECT_EQ(model->settings.temperature, 0.25);
  EXPECT_EQ(model->settings.stops, std::vector<std::string>{"\n"});
  EXPECT_FALSE(model->settings.tokens_max.has_value());
}

TEST_F(OpenAiEndpoint, ReadsMessagesInAllTheirForms) {
  const auto answer =
      chat({{"messages",
             {{{"role", "developer"}, {"content", "Be brief."}},
              {{"role", "user"},
               {"content", {{{"type", "text"}, {"text", "Why "}}, {{"type", "text"}, {"text", "so?"}}}}},
              {{"role", "assistant"}, {"content", nullptr}},
              {{"role", "user"}, {"content", "Go on."}, {"name", "Ann"}}}}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto& messages = std::get<std::vector<feedback::Message>>(model->prompts[0]);
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(messages[0].role, "system");
  EXPECT_EQ(messages[1].content, "Why so?");
  EXPECT_EQ(messages[2].content, "");
}

TEST_F(OpenAiEndpoint, StreamsAConversationInChunks) {
  const auto events =
      stream("/v1/chat/completions", {{"model", "ferry"},
                                      {"stream", true},
                                      {"stream_options", {{"include_usage", true}}},
                                      {"messages", {{{"role", "user"}, {"content", "Why?"}}}}});
  ASSERT_EQ(events.size(), 7U);
  EXPECT_EQ(events.back(), "[DONE]");
  const json first = json::parse(events[0]);
  EXPECT_EQ(first["object"], "chat.completion.chunk");
  EXPECT_EQ(first["choices"][0]["delta"], (json{{"role", "assistant"}, {"content", ""}}));
  EXPECT_TRUE(first["usage"].is_null());
  std::string text;
  for (std::size_t i = 1; i < 4; ++i)
    text += json::parse(events[i])["choices"][0]["delta"]["content"].get<std::string>();
  EXPECT_EQ(text, "Water boils.");
  const json last = json::parse(events[4]);
  EXPECT_EQ(last["choices"][0]["finish_reason"], "stop");
  EXPECT_TRUE(last["choices"][0]["delta"].empty());
  const json usage = json::parse(events[5]);
  EXPECT_TRUE(usage["choices"].empty());
  EXPECT_EQ(usage["usage"]["total_tokens"], 14);
  EXPECT_EQ(usage["id"], first["id"]);
  expect_no_text_runs();
}

TEST_F(OpenAiEndpoint, TellsLogProbabilitiesOfChatTokens) {
  model->words = {"a\n", std::string("\xE4\xB8", 2)};
  const auto answer = chat({{"logprobs", true}, {"top_logprobs", 2}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json content = answer.json()["choices"][0]["logprobs"]["content"];
  ASSERT_EQ(content.size(), 2U);
  EXPECT_EQ(content[0]["token"], "a\n");
  EXPECT_EQ(content[0]["bytes"], (json{97, 10}));
  EXPECT_EQ(content[0]["logprob"], -0.5);
  EXPECT_EQ(content[0]["top_logprobs"].size(), 2U);
  EXPECT_EQ(content[0]["top_logprobs"][1]["token"], "b");
  EXPECT_EQ(content[1]["token"], "\uFFFD") << "half a character";
  EXPECT_EQ(content[1]["bytes"], (json{0xE4, 0xB8}));
}

TEST_F(OpenAiEndpoint, ContinuesTextsAndListsOfThem) {
  auto answer = complete({{"echo", true}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["object"], "text_completion");
  EXPECT_EQ(answer.json()["choices"][0]["text"], "OnceWater boils.");
  EXPECT_EQ(model->settings.tokens_max, 16);
  answer = complete({{"prompt", {"One", "Two"}}, {"n", 3}, {"max_tokens", 5}, {"logprobs", 1}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["choices"].size(), 6U);
  EXPECT_EQ(answer.json()["usage"]["prompt_tokens"], 22);
  const json logprobs = answer.json()["choices"][5]["logprobs"];
  EXPECT_EQ(logprobs["tokens"], (json{"Water ", "boils", "."}));
  EXPECT_EQ(logprobs["text_offset"], (json{0, 6, 11}));
  EXPECT_EQ(logprobs["token_logprobs"][0], -0.5);
  EXPECT_EQ(logprobs["top_logprobs"][0], (json{{"a", -1.0}}));
  ASSERT_EQ(complete({{"prompt", {3, 4, 5}}}).status, 200);
  EXPECT_EQ(std::get<std::vector<std::int32_t>>(model->prompts[0]), (std::vector<std::int32_t>{3, 4, 5}));
  ASSERT_EQ(complete({{"prompt", {{3, 4}, {5}}}}).status, 200);
  EXPECT_EQ(model->prompts.size(), 2U);
}

TEST_F(OpenAiEndpoint, StreamsTexts) {
  const auto events =
      stream("/v1/completions", {{"model", "ferry"}, {"prompt", "Once"}, {"stream", true}, {"n", 2}});
  EXPECT_EQ(events.back(), "[DONE]");
  std::vector<std::string> texts(2);
  int finished = 0;
  for (std::size_t i = 0; i + 1 < events.size(); ++i) {
    const json choice = json::parse(events[i])["choices"][0];
    texts[choice["index"].get<std::size_t>()] += choice["text"].get<std::string>();
    finished += choice["finish_reason"] == "stop" ? 1 : 0;
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"Water boils.", "Water boils."}));
  EXPECT_EQ(finished, 2);
}

TEST_F(OpenAiEndpoint, ListsModels) {
  const json list = call("GET", "/v1/models").json();
  EXPECT_EQ(list["object"], "list");
  const json ferry = {
      {"id", "ferry"}, {"object", "model"}, {"created", 1'700'000'000}, {"owned_by", "Ferries"}};
  EXPECT_EQ(list["data"], json::array({ferry}));
  EXPECT_EQ(call("GET", "/v1/models/ferry").json(), ferry);
  EXPECT_EQ(call("GET", "/v1/models/tram").status, 404);
}

TEST_F(OpenAiEndpoint, PassesEverySettingOn) {
  ASSERT_EQ(chat({{"presence_penalty", 1.5},
                  {"frequency_penalty", -1},
                  {"repetition_penalty", 1.25},
                  {"logit_bias", {{"17", -100}}},
                  {"top_p", 0.5},
                  {"top_k", 7},
                  {"min_p", 0.125},
                  {"min_tokens", 3},
                  {"max_completion_tokens", 9},
                  {"response_format",
                   {{"type", "json_schema"},
                    {"json_schema", {{"name", "x"}, {"strict", true}, {"schema", {{"type", "object"}}}}}}},
                  {"user", "ann"}})
                .status,
            200);
  const auto& settings = model->settings;
  EXPECT_EQ(settings.presence_penalty, 1.5);
  EXPECT_EQ(settings.frequency_penalty, -1);
  EXPECT_EQ(settings.repetition_penalty, 1.25);
  EXPECT_EQ(settings.logit_bias, (std::vector<std::pair<std::int64_t, double>>{{17, -100}}));
  EXPECT_EQ(settings.top_p, 0.5);
  EXPECT_EQ(settings.top_k, 7);
  EXPECT_EQ(settings.min_p, 0.125);
  EXPECT_EQ(settings.tokens_min, 3);
  EXPECT_EQ(settings.tokens_max, 9);
  EXPECT_EQ(settings.form, loop::CompletionSettings::Form::json_schema);
  EXPECT_EQ(json::parse(settings.form_text), (json{{"type", "object"}}));
  ASSERT_EQ(chat({{"response_format", {{"type", "regex"}, {"pattern", "a+"}}}}).status, 200);
  EXPECT_EQ(model->settings.form_text, "a+");
}

TEST_F(OpenAiEndpoint, KeepsTheOrderOfASchemasPropertiesAndNothingBesideIt) {
  const std::string schema =
      R"({"type":"object","properties":{"z":{"type":"null"},"a":{"const":{"y":1,"b":2}}}})";
  Connection connection(server->port());
  const std::string body =
      R"({"model": "ferry", "messages": [{"role": "user", "content": "Why?"}], "metadata": {"z": 1, "a": 2},)"
      R"( "response_format": {"more": {"schema": 1}, "type": "json_schema",)"
      R"( "json_schema": {"name": "x", "schema": )" +
      schema + R"(, "strict": true}}})";
  ASSERT_EQ(
      connection.request("POST", "/v1/chat/completions", body, {{"Content-Type", "application/json"}}).status,
      200);
  EXPECT_EQ(model->settings.form_text, schema);
}

TEST_F(OpenAiEndpoint, RefusesASchemaWithAnObjectOfThousandsOfMembers) {
  json wide = json::object();
  for (int i = 0; i < 1'025; ++i) wide["p" + std::to_string(i)] = true;
  const json schema = {{"anyOf", {{{"properties", wide}}}}};
  const Answer answer =
      chat({{"response_format", {{"type", "json_schema"}, {"json_schema", {{"schema", schema}}}}}});
  EXPECT_EQ(answer.status, 400) << answer.body;
  EXPECT_EQ(answer.json().at("error").at("message"), "an object in a schema may have 1024 members at most");
  EXPECT_EQ(answer.json().at("error").at("param"), "response_format.json_schema.schema");
  EXPECT_TRUE(answer.json().at("error").at("code").is_null());
}

TEST_F(OpenAiEndpoint, RefusesAChatOfThousandsOfMessages) {
  json messages = json::array();
  for (int i = 0; i < 1'024; ++i)
    messages.push_back({{"role", i % 2 == 0 ? "user" : "assistant"}, {"content", "Why?"}});
  EXPECT_EQ(chat({{"messages", messages}}).status, 200);
  messages.push_back({{"role", "user"}, {"content", "Why?"}});
  const Answer answer = chat({{"messages", messages}});
  EXPECT_EQ(answer.status, 400) << answer.body;
  EXPECT_EQ(answer.json().at("error").at("message"), "messages may hold 1024 at most");
  EXPECT_EQ(answer.json().at("error").at("param"), "messages");
}

TEST_F(OpenAiEndpoint, RefusesInOpenAisShapeAndNamesTheParameter) {
  const auto expect = [](const Answer& answer, int status, const json& param, const json& code) {
    EXPECT_EQ(answer.status, status) << answer.body;
    const json error = answer.json().at("error");
    EXPECT_TRUE(error.at("message").is_string());
    EXPECT_TRUE(error.at("type").is_string());
    EXPECT_EQ(error.at("param"), param) << answer.body;
    EXPECT_EQ(error.at("code"), code) << answer.body;
  };
  expect(chat({{"model", "tram"}}), 404, "model", "model_not_found");
  expect(chat({{"temperature", 3}}), 400, "temperature", nullptr);
  expect(chat({{"temperature", "hot"}}), 400, "temperature", nullptr);
  expect(chat({{"n", 0}}), 400, "n", nullptr);
  expect(chat({{"max_tokens", 0}}), 400, "max_tokens", nullptr);
  expect(chat({{"messages", json::array()}}), 400, "messages", nullptr);
  expect(chat({{"messages", {{{"role", "tool"}, {"content", "x"}}}}}), 400, "messages[0].role",
         "unsupported_value");
  expect(chat({{"tools", {{{"type", "function"}}}}}), 400, "tools", "unsupported_value");
  expect(chat({{"top_logprobs", 3}}), 400, "top_logprobs", nullptr);
  expect(chat({{"logit_bias", {{"x", 1}}}}), 400, "logit_bias", nullptr);
  expect(chat({{"response_format", {{"type", "xml"}}}}), 400, "response_format.type", "unsupported_value");
  expect(chat({{"stop", {"a", ""}}}), 400, "stop", nullptr);
  expect(chat({{"stream_options", {{"include_usage", true}}}}), 400, "stream_options", nullptr);
  expect(chat({{"wings", 2}}), 400, "wings", nullptr);
  expect(chat({{"min_tokens", 404}}), 400, nullptr, "context_length_exceeded");
  expect(complete({{"suffix", "end"}}), 400, "suffix", "unsupported_value");
  expect(complete({{"prompt", json::array()}}), 400, "prompt", nullptr);
  expect(complete({{"prompt", {-1}}}), 400, "prompt", nullptr);
  expect(call("POST", "/v1/chat/completions", "no object"), 400, nullptr, nullptr);
  expect(call("GET", "/v1/embeddings"), 404, nullptr, "model_not_found");
  EXPECT_EQ(call("GET", "/v1/completions").status, 405);
  expect_no_text_runs();
}

TEST_F(OpenAiEndpoint, AReaderOfAStreamWhoGoesCancelsTheText) {
  model->endless = 1'000'000;
  model->pause = 1ms;
  {
    Connection connection(server->port());
    connection.send(request_text("POST", "/v1/completions",
                                 json{{"model", "ferry"}, {"prompt", "x"}, {"stream", true}}.dump(),
                                 {{"Content-Type", "application/json"}}));
    ASSERT_EQ(connection.receive_head().status, 200);
    ASSERT_TRUE(connection.receive_event().has_value());
    EXPECT_EQ(model->running, 1);
  }
  expect_no_text_runs();
}

TEST_F(OpenAiEndpoint, AClientWhoGoesBeforeItsAnswerCancelsTheText) {
  model->endless = 1'000'000;
  model->pause = 1ms;
  {
    Connection connection(server->port());
    connection.send(request_text("POST", "/v1/completions", json{{"model", "ferry"}, {"prompt", "x"}}.dump(),
                                 {{"Content-Type", "application/json"}}));
    for (int i = 0; i < 300 && model->running == 0; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(model->running, 1);
  }
  expect_no_text_runs();
}

TEST_F(OpenAiEndpoint, StoppingTheServerEndsWhatRuns) {
  model->endless = 1'000'000;
  model->pause = 1ms;
  Connection connection(server->port());
  connection.send(request_text("POST", "/v1/completions", json{{"model", "ferry"}, {"prompt", "x"}}.dump(),
                               {{"Content-Type", "application/json"}}));
  for (int i = 0; i < 300 && model->running == 0; ++i) std::this_thread::sleep_for(10ms);
  server->stop();
  EXPECT_EQ(connection.receive().status, 503);
  expect_no_text_runs();
}

TEST_F(OpenAiEndpoint, OtherSitesAndOtherNamesAreTurnedAway) {
  Connection one(server->port());
  EXPECT_EQ(one.request("GET", "/v1/models", "", {{"Origin", "http://evil.example"}}).status, 403);
  Connection other(server->port());
  other.send("GET /v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(other.receive().status, 403);
  EXPECT_FALSE(ModelServer::start({.address = "0.0.0.0", .port = 0}, {}, clock).has_value());
}

}  // namespace
}  // namespace preceptor::server::tests
