// Every list of the table, page by page.
#include <gtest/gtest.h>

#include "tests/support/full_workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

// At least two rows in every list that an administrator may ask for.
struct Paging : testing::Test, FullWorkspace {
  Paging() {
    loop::write(workspace.storage(), [&](loop::Records& records) { add_second_rows(records); });
    constexpr auto password = "correct horse battery";
    workspace.add_person("pager", password, feedback::Role::owner);
    for (int signed_in = 0; signed_in < 2; ++signed_in) {
      const auto answer =
          workspace.call("", "POST", "/session", json({{"login", "pager"}, {"password", password}}).dump());
      const auto cookie = answer.header("set-cookie");
      session = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
    }
  }

  void add_second_rows(loop::Records& records) {
    const auto project = workspace.project();
    const auto now = workspace.clock().now();
    const auto administrator = workspace.id_of("administrator");
    records.add_guideline(project, "# Be kinder", now);
    records.add_rubric(
        {.project = project, .dimensions = {{.key = "tone", .label = "Tone"}}, .created_at = now});
    for (const std::string token : {"one", "other"})
      records.add_invitation(token, {.project = project,
                                     .author = administrator,
                                     .created_at = now,
                                     .expires_at = now + std::chrono::hours(1)});
    loop::Round round{.project = project, .name = "Second", .created_at = now};
    round.id = records.add_round(round);
    records.add_job({.project = project, .round = round.id, .created_at = now});
    for (int i = 0; i < 3; ++i)
      records.add_promotion({.project = project,
                             .model = {ids["{model}"]},
                             .person = administrator,
                             .note = std::to_string(i),
                             .created_at = now});
    for (const auto& task : records.tasks({.project = project, .page = {.limit = 3}}).items) {
      const auto judgment = records.add_judgment({.project = project,
                                                  .task = task.id,
                                                  .person = administrator,
                                                  .payload = "{}",
                                                  .counted = false,
                                                  .created_at = now});
      records.put_standing(
          {.judgment = judgment, .project = project, .person = administrator, .task = task.id, .at = now});
      records.add_source(
          {.project = project, .title = "A source", .added_by = administrator, .created_at = now});
    }
    for (const auto& response : records.responses({.project = project}).items)
      records.add_evaluation_answer({{ids["{evaluation}"]}, response.prompt, {ids["{model}"]}, response.id});
    const auto prompt = records.add_prompt({.project = project, .messages = {{"user", "Another"}}});
    const auto response = records.add_response({.project = project, .prompt = prompt, .text = "Answer"});
    records.add_evaluation_answer({{ids["{evaluation}"]}, prompt, {ids["{model}"]}, response});
  }

  static bool is_list(const Route& route) {
    const auto& fields = route.output->fields;
    return std::any_of(fields.begin(), fields.end(),
                       [](const wire::Field& field) { return field.key == "next_cursor"; });
  }
  std::vector<const Route*> lists() const {
    std::vector<const Route*> found;
    for (const Route& route : all_routes())
      if (is_list(route)) found.push_back(&route);
    return found;
  }
  Headers session;

  Answer ask(const Route& route, const std::string& query) {
    // Ways in are shown to a session alone.
    if (route.access.kind == Access::Kind::session)
      return workspace.call("", "GET", path_of(route) + query, {}, session);
    return workspace.call("administrator", "GET", path_of(route) + query);
  }
};

TEST_F(Paging, EveryListIsAGetRouteAndEveryAnswerOfItemsIsAList) {
  EXPECT_GE(lists().size(), 16U);
  for (const Route& route : all_routes()) {
    if (is_list(route)) {
      EXPECT_EQ(route.method, "GET") << route.operation;
      continue;
    }
    if (route.method != "GET") continue;
    for (const wire::Field& field : route.output->fields) EXPECT_NE(field.key, "items") << route.operation;
  }
}

TEST_F(Paging, EveryListIsWalkedOneByOneToTheSameItemsAsAtOnce) {
  for (const Route* route : lists()) {
    SCOPED_TRACE(route->operation);
    const auto whole = ask(*route, "?limit=1000");
    ASSERT_EQ(whole.status, 200) << whole.body;
    EXPECT_TRUE(whole.json()["next_cursor"].is_null());
    const json expected = whole.json()["items"];
    EXPECT_GE(expected.size(), 2U) << "too few rows to turn a page";
    json walked = json::array();
    std::string query = "?limit=1";
    for (std::size_t page = 0; page <= expected.size(); ++page) {
      const auto answer = ask(*route, query);
      ASSERT_EQ(answer.status, 200) << answer.body;
      ASSERT_EQ(answer.json()["items"].size(), 1U);
      walked.push_back(answer.json()["items"][0]);
      if (answer.json()["next_cursor"].is_null()) break;
      query = "?limit=1&cursor=" + answer.json()["next_cursor"].get<std::string>();
    }
    EXPECT_EQ(walked, expected);
    EXPECT_EQ(ask(*route, "").json()["items"], expected) << "the usual page is too short for these";
  }
}

TEST_F(Paging, EveryListChecksItsLimitAndItsCursor) {
  for (const Route* route : lists()) {
    for (const std::string query :
         {"?limit=0", "?limit=-1", "?limit=1001", "?limit=x", "?limit=1&limit=2", "?cursor=", "?cursor=1",
          "?cursor=000000000000000100000000000000ff", "?cursor=%ff", "?unknown=1"}) {
      const auto answer = ask(*route, query);
      EXPECT_EQ(answer.status, 400) << route->operation << query << " " << answer.body;
    }
    EXPECT_EQ(ask(*route, "?cursor=" + std::string(300, '1')).status, 400) << route->operation;
  }
}

TEST_F(Paging, ACursorOfOneListIsNoneOfAnother) {
  const auto models = workspace.call("lead", "GET", workspace.in_project("/models?limit=1")).json();
  const std::string cursor = models["next_cursor"];
  EXPECT_EQ(workspace.call("lead", "GET", workspace.in_project("/models?cursor=" + cursor)).status, 200);
  const auto refused = workspace.call("lead", "GET", workspace.in_project("/rounds?cursor=" + cursor));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.json()["where"], "/cursor");
}

}  // namespace
}  // namespace preceptor::server::tests
