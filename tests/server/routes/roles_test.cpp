// Every route, asked by everybody: nobody, a stranger, each role, an administrator.
#include <gtest/gtest.h>

#include "server/routes/table.hpp"
#include "tests/support/workspace.hpp"

namespace preceptor::server::tests {
namespace {

using nlohmann::json;

struct Roles : testing::Test {
  Roles() {
    loop::write(workspace.storage(), [&](loop::Records& records) { add_loop(records); });
    const auto task = workspace.add_task("compare", 20);
    ids["{task}"] = task;
    ids["{prompt}"] = workspace.add_prompt("A prompt");
    ids["{project}"] = workspace.project().value;
    ids["{token}"] = 1;
    ids["{person}"] = workspace.id_of("trainer").value;
    for (int i = 0; i < 8; ++i) workspace.add_task("write", 20);
    loop::write(workspace.storage(), [&](loop::Records& records) {
      feedback::Judgment judgment;
      judgment.project = workspace.project();
      judgment.task = {task};
      judgment.person = workspace.id_of("owner");
      judgment.payload = R"({"outcome":"tie"})";
      judgment.counted = false;
      judgment.created_at = workspace.clock().now();
      ids["{judgment}"] = records.add_judgment(judgment).value;
    });
  }

  // A model, a round, a run, a job and an evaluation, as rows only.
  void add_loop(loop::Records& records) {
    const auto project = workspace.project();
    const auto now = workspace.clock().now();
    loop::Model model{.project = project, .name = "base", .sha256 = std::string(64, 'a'), .created_at = now};
    model.id = records.add_model(model);
    records.set_current_model(project, model.id);
    loop::Model tuned = model;
    tuned.name = "tuned";
    tuned.sha256 = std::string(64, 'c');
    tuned.parent = model.id;
    tuned_id = records.add_model(tuned).value;
    loop::Round round{.project = project, .name = "First", .model_before = model.id, .created_at = now};
    round.id = records.add_round(round);
    loop::Job job{.project = project, .round = round.id, .state = loop::JobState::running, .created_at = now};
    job.id = records.add_job(job);
    loop::Snapshot snapshot{.project = project,
                            .round = round.id,
                            .sha256 = std::string(64, 'b'),
                            .weighting = "none",
                            .created_at = now};
    snapshot.id = records.add_snapshot(snapshot, {});
    loop::Run run{.project = project,
                  .round = round.id,
                  .job = job.id,
                  .base_model = model.id,
                  .snapshot = snapshot.id,
                  .name = "run",
                  .created_at = now};
    run.id = records.add_run(run);
    loop::Evaluation evaluation{.project = project,
                                .round = round.id,
                                .job = job.id,
                                .baseline_model = model.id,
                                .models = {model.id},
                                .created_at = now};
    evaluation.id = records.add_evaluation(evaluation);
    ids["{model}"] = model.id.value;
    ids["{round}"] = round.id.value;
    ids["{job}"] = job.id.value;
    ids["{run}"] = run.id.value;
    ids["{evaluation}"] = evaluation.id.value;
    snapshot_id = snapshot.id.value;
  }

  std::string path_of(const Route& route) {
    std::string path(route.path);
    for (const auto& [name, id] : ids) {
      if (const auto place = path.find(name); place != std::string::npos)
        path.replace(place, name.size(), std::to_string(id));
    }
    return path;
  }

  // A request that is right in all but who sends it.
  std::string body_of(const Route& route) {
    const auto model = ids["{model}"];
    const json dimensions = {{{"key", "a"}, {"label", "A"}, {"scale_min", 1}, {"scale_max", 5}}};
    const std::map<std::string_view, json> bodies = {
        {"signIn", {{"login", "nobody"}, {"password", "wrong password"}}},
        {"createToken", {{"name", "t"}}},
        {"createPerson",
         {{"login", "new" + std::to_string(++fresh)}, {"name", "N"}, {"password", "long enough it is"}}},
        {"createProject",
         {{"name", "P" + std::to_string(++fresh)},
          {"languages", {"en"}},
          {"guideline", "g"},
          {"rubric", {{"dimensions", dimensions}}}}},
        {"setMember", {{"role", "trainer"}}},
        {"pauseMember", {{"paused", false}}},
        {"addGuideline", {{"markdown", "# More"}}},
        {"addRubric", {{"dimensions", dimensions}}},
        {"addPrompts", {{"items", {{{"messages", {{{"role", "user"}, {"content", "x"}}}}}}}}},
        {"addResponses", {{"items", {{{"prompt_id", ids["{prompt}"]}, {"text", "x"}}}}}},
        {"addTasks", {{"items", {{{"kind", "write"}, {"prompt_id", ids["{prompt}"]}}}}}},
        {"nextTask", json::object()},
        {"startRound", {{"name", "Round " + std::to_string(++fresh)}}},
        {"generateResponses", {{"model_id", model}, {"split", "train"}}},
        {"takeSnapshot", json::object()},
        {"trainModel",
         {{"objective", "sft"}, {"base_model_id", model}, {"snapshot_id", snapshot_id}, {"name", "m"}}},
        {"evaluateModels", {{"model_ids", {tuned_id}}, {"baseline_model_id", model}}},
        {"promoteModel", {{"model_id", model}, {"note", "It is better."}}},
        {"putMetrics", {{"source", "test"}, {"columns", json::array()}, {"items", json::array()}}},
        {"chat", {{"messages", {{{"role", "user"}, {"content", "Hello"}}}}}},
    };
    const auto found = bodies.find(route.operation);
    return found == bodies.end() ? std::string() : found->second.dump();
  }

  int status_for(const std::string& who, const Route& route) {
    Connection connection(workspace.port());
    auto headers = workspace.headers_of(who);
    const auto body = body_of(route);
    if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
    connection.send(request_text(std::string(route.method), "/api/v1" + path_of(route), body, headers));
    return (route.streams ? connection.receive_head() : connection.receive()).status;
  }

  static bool about_held_tasks(const Route& route) { return route.path.starts_with("/tasks/"); }

  Workspace workspace;
  std::map<std::string, std::int64_t> ids;
  std::int64_t snapshot_id = 0, tuned_id = 0;
  int fresh = 0;
};

bool worked(const Route& route, int status) {
  // What the request meets beyond the question of who sends it may still be a conflict.
  return status == route.status || (route.may_be_empty && status == 204) || status == 409;
}

TEST_F(Roles, NobodyGetsNothingThatIsNotForAnyone) {
  for (const Route& route : all_routes()) {
    if (route.access.kind == Access::Kind::anyone) continue;
    EXPECT_EQ(status_for("", route), 401) << route.operation;
  }
}

TEST_F(Roles, AStrangerFindsNothingOfAProject) {
  for (const std::string who : {"stranger", "foreigner"}) {
    for (const Route& route : all_routes()) {
      if (route.access.kind == Access::Kind::member && !about_held_tasks(route)) {
        EXPECT_EQ(status_for(who, route), 404) << who << " " << route.operation;
      }
      if (route.access.kind == Access::Kind::administrator) {
        EXPECT_EQ(status_for(who, route), 403) << who << " " << route.operation;
      }
    }
  }
}

TEST_F(Roles, EachRoleMayDoWhatTheTableSaysAndNothingElse) {
  const std::vector<std::pair<std::string, feedback::Role>> roles = {{"trainer", feedback::Role::trainer},
                                                                     {"reviewer", feedback::Role::reviewer},
                                                                     {"lead", feedback::Role::lead},
                                                                     {"owner", feedback::Role::owner}};
  for (const auto& [who, role] : roles) {
    for (const Route& route : all_routes()) {
      if (route.access.kind == Access::Kind::anyone || route.operation == "signOut" ||
          about_held_tasks(route) || route.operation == "revokeToken")
        continue;
      const bool may =
          route.access.kind == Access::Kind::signed_in ||
          (route.access.kind == Access::Kind::member && feedback::allowed(role, route.access.right));
      const int status = status_for(who, route);
      if (may) {
        EXPECT_TRUE(worked(route, status)) << who << " " << route.operation << " " << status;
      } else {
        EXPECT_EQ(status, 403) << who << " " << route.operation;
      }
    }
  }
}

TEST_F(Roles, AnAdministratorMayDoAllButJudge) {
  for (const Route& route : all_routes()) {
    if (route.access.kind == Access::Kind::anyone || about_held_tasks(route) ||
        route.operation == "signOut" || route.operation == "revokeToken" || route.operation == "nextTask")
      continue;
    const int status = status_for("administrator", route);
    EXPECT_TRUE(worked(route, status)) << route.operation << " " << status;
  }
}

TEST_F(Roles, OnlyWhoHoldsATaskMayActOnIt) {
  for (const std::string who : {"trainer", "reviewer", "lead", "owner"}) {
    const auto handed =
        workspace.call(who, "POST", workspace.in_project("/tasks/next"), R"({"kinds": ["write"]})");
    ASSERT_EQ(handed.status, 200) << who << handed.body;
    const auto task = "/tasks/" + std::to_string(handed.json()["task"]["id"].get<std::int64_t>());
    const json lease = {{"lease_token", handed.json()["lease"]["token"]}};
    json judgment = lease;
    judgment["payload"] = {{"text", "An ideal answer."}};
    judgment["seconds_active"] = 5;
    for (const std::string other : {"stranger", "foreigner"}) {
      EXPECT_EQ(workspace.call(other, "POST", task + "/lease", lease.dump()).status, 404) << other;
      EXPECT_EQ(workspace.call(other, "PUT", task + "/draft", R"({"payload": {}})").status, 404) << other;
      EXPECT_EQ(workspace.call(other, "POST", task + "/skip", lease.dump()).status, 404) << other;
      EXPECT_EQ(workspace.call(other, "POST", task + "/judgments", judgment.dump()).status, 404) << other;
    }
    EXPECT_EQ(workspace.call(who, "POST", task + "/lease", lease.dump()).status, 200) << who;
    EXPECT_EQ(workspace.call(who, "PUT", task + "/draft", R"({"payload": {}})").status, 204) << who;
    EXPECT_EQ(workspace.call(who, "POST", task + "/judgments", judgment.dump()).status, 201) << who;
  }
}

TEST_F(Roles, ATrainerWhoAsksForALeadsPageIsForbidden) {
  EXPECT_EQ(workspace.call("trainer", "GET", workspace.in_project("/quality")).status, 403);
  EXPECT_EQ(workspace.call("trainer", "GET", workspace.in_project("/prompts")).status, 403);
}

TEST_F(Roles, AnIdOfAnotherProjectIsNotFoundThroughOnesOwn) {
  const auto made = workspace.call("administrator", "GET", "/projects").json()["items"];
  ASSERT_EQ(made.size(), 2u);
  for (const auto& project : made) {
    if (project["id"] == workspace.project().value) continue;
    const auto path = "/projects/" + std::to_string(project["id"].get<std::int64_t>()) + "/prompts/" +
                      std::to_string(ids["{prompt}"]);
    EXPECT_EQ(workspace.call("foreigner", "GET", path).status, 404);
  }
}

}  // namespace
}  // namespace preceptor::server::tests
