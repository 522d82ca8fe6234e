#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

loop::ModelId add_model(Workspace& workspace) {
  return loop::write(workspace.storage(), [&](loop::Records& records) {
    return records.add_model({.project = workspace.project(),
                              .name = "base",
                              .sha256 = std::string(64, 'a'),
                              .created_at = workspace.clock().now()});
  });
}

void open(Connection& connection, Workspace& workspace, const std::string& who, const std::string& method,
          const std::string& path, const std::string& body = {}) {
  auto headers = workspace.headers_of(who);
  if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
  connection.send(request_text(method, "/api/v1" + path, body, headers));
}

std::string chat_path(loop::ModelId model) { return "/models/" + std::to_string(model.value) + "/chat"; }
const std::string hello = R"({"messages": [{"role": "user", "content": "Why does water boil?"}]})";

json data_of(const std::string& event) {
  const auto place = event.find("data: ");
  return json::parse(event.substr(place + 6), nullptr, false);
}

TEST(ChatStream, SendsTheAnswerPieceByPieceAndThenItsEnd) {
  Workspace workspace;
  Connection connection(workspace.port());
  open(connection, workspace, "lead", "POST", chat_path(add_model(workspace)), hello);
  const auto head = connection.receive_head();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-type"), "text/event-stream");
  EXPECT_EQ(head.header("cache-control"), "no-store");
  std::string text;
  json last;
  while (const auto event = connection.receive_event()) {
    last = data_of(*event);
    ASSERT_TRUE(last.is_object()) << *event;
    if (last["delta"].is_string()) text += last["delta"].get<std::string>();
  }
  EXPECT_EQ(text, "Water boils \"hot\"\né.");
  EXPECT_EQ(last["done"], true);
  EXPECT_EQ(last["finish"], "stop");
  EXPECT_EQ(last["tokens"], 3);
}

TEST(ChatStream, ARefusalComesAsAStatusBeforeTheStream) {
  Workspace workspace;
  const auto model = add_model(workspace);
  EXPECT_EQ(workspace.call("lead", "POST", "/models/999/chat", hello).status, 404);
  EXPECT_EQ(workspace.call("stranger", "POST", chat_path(model), hello).status, 404);
  EXPECT_EQ(workspace.call("lead", "POST", chat_path(model), R"({"messages": []})").status, 400);
  EXPECT_EQ(workspace
                .call("lead", "POST", chat_path(model),
                      R"({"messages": [{"role": "assistant", "content": "I speak first"}]})")
                .status,
            400);
}

TEST(ChatStream, AnAnswerEndsWhenItsReaderGoes) {
  std::atomic<bool> told{false};
  Workspace workspace(
      [&](const auto&, const auto&, const auto& on_text, std::stop_token) -> Result<loop::ChatReply> {
        for (int i = 0; i < 5000; ++i) {
          if (!on_text("word ")) {
            told = true;
            return loop::ChatReply{"", "cancelled", i};
          }
          std::this_thread::sleep_for(1ms);
        }
        return loop::ChatReply{"", "length", 5000};
      });
  {
    Connection connection(workspace.port());
    open(connection, workspace, "lead", "POST", chat_path(add_model(workspace)), hello);
    connection.receive_head();
    EXPECT_TRUE(connection.receive_event());
  }
  for (int i = 0; i < 3000 && !told; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_TRUE(told);
}

TEST(ChatStream, AnAnswerEndsWhenTheServerStops) {
  Workspace workspace(
      [&](const auto&, const auto&, const auto& on_text, std::stop_token stop) -> Result<loop::ChatReply> {
        on_text("first");
        while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
        return loop::ChatReply{"", "cancelled", 1};
      });
  Connection connection(workspace.port());
  open(connection, workspace, "lead", "POST", chat_path(add_model(workspace)), hello);
  connection.receive_head();
  EXPECT_TRUE(connection.receive_event());
  const auto begin = std::chrono::steady_clock::now();
  workspace.server().stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s);
}

TEST(ChatStream, SlowAnswersLeaveTheOtherRoutesQuick) {
  Workspace workspace(
      [&](const auto&, const auto&, const auto& on_text, std::stop_token stop) -> Result<loop::ChatReply> {
        while (!stop.stop_requested() && on_text("…")) std::this_thread::sleep_for(10ms);
        return loop::ChatReply{"", "cancelled", 1};
      });
  const auto path = chat_path(add_model(workspace));
  std::vector<std::unique_ptr<Connection>> chats;
  for (int i = 0; i < 40; ++i) {
    chats.push_back(std::make_unique<Connection>(workspace.port()));
    open(*chats.back(), workspace, "lead", "POST", path, hello);
    EXPECT_EQ(chats.back()->receive_head().status, 200);
  }
  EXPECT_EQ(workspace.call("trainer", "GET", workspace.in_project("/my/progress")).status, 200);
}

TEST(ProjectStream, TellsWhatChanges) {
  Workspace workspace;
  Connection connection(workspace.port());
  open(connection, workspace, "lead", "GET", workspace.in_project("/events"));
  EXPECT_EQ(connection.receive_head().status, 200);
  std::this_thread::sleep_for(700ms);  // the state before is looked at once
  const auto round = loop::write(workspace.storage(), [&](loop::Records& records) {
    return records.add_round(
        {.project = workspace.project(), .name = "First", .created_at = workspace.clock().now()});
  });
  loop::Job job{.project = workspace.project(), .round = round, .created_at = workspace.clock().now()};
  loop::write(workspace.storage(), [&](loop::Records& records) { job.id = records.add_job(job); });
  std::set<std::string> seen;
  while (seen.size() < 2) {
    const auto event = connection.receive_event();
    ASSERT_TRUE(event);
    if (event->starts_with("event: round")) {
      EXPECT_EQ(data_of(*event)["name"], "First");
      seen.insert("round");
    } else if (event->starts_with("event: job")) {
      EXPECT_EQ(data_of(*event)["state"], "queued");
      seen.insert("job");
    }
  }
  loop::write(workspace.storage(), [&](loop::Records& records) {
    job.state = loop::JobState::done;
    job.progress = 1;
    records.update_job(job);
  });
  const auto event = connection.receive_event();
  ASSERT_TRUE(event && event->starts_with("event: job")) << event.value_or("");
  EXPECT_EQ(data_of(*event)["state"], "done");
}

TEST(ProjectStream, ManyPagesMayWatchWithoutKeepingThreadsBusy) {
  Workspace workspace;
  std::vector<std::unique_ptr<Connection>> pages;
  for (int i = 0; i < 200; ++i) {
    pages.push_back(std::make_unique<Connection>(workspace.port()));
    open(*pages.back(), workspace, "lead", "GET", workspace.in_project("/events"));
    ASSERT_EQ(pages.back()->receive_head().status, 200) << i;
  }
  EXPECT_EQ(workspace.call("lead", "GET", workspace.in_project("/rounds")).status, 200);
}

}  // namespace
}  // namespace preceptor::server::tests
