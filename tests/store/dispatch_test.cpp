#include "feedback/dispatch.hpp"

#include "feedback/work_settings.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

namespace {

struct DispatchTest : StoreTest {
  Result<void> keep_for(PersonId person, TaskId task) {
    return write([&](Records& records) { return assign(records, administrator, task, person, clock); });
  }
  TaskId task_about(Prompt prompt, Task task = {.kind = TaskKind::write}) {
    prompt.messages = {{"user", "What is the dose?"}};
    const auto prompts = write([&](Records& records) {
      return add_prompts(records, administrator, project, std::vector{prompt}, clock);
    });
    task.prompt = prompts->front();
    const auto ids = write([&](Records& records) {
      return add_tasks(records, administrator, project, std::vector{task}, clock);
    });
    EXPECT_TRUE(ids) << (ids ? "" : ids.error().text());
    return ids->front();
  }
  void fit(PersonId person, const Fit& facts) {
    ASSERT_TRUE(write(
        [&](Records& records) { return set_fit(records, administrator, project, person, facts, clock); }));
  }
  Result<Fit> consent(PersonId person, const std::vector<std::string>& hazards) {
    return write([&](Records& records) { return set_consent(records, as(person), project, hazards, clock); });
  }
};

}  // namespace

TEST_P(DispatchTest, PeopleGetWorkThatSuitsThem) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  fit(anna, {.languages = {"de"}});
  fit(ben, {.kinds = {TaskKind::compare}});
  task_about({.language = "en"});
  EXPECT_FALSE(claim(anna));
  EXPECT_FALSE(claim(ben));
  const PersonId cleo = add_member("cleo");
  const auto next = claim(cleo);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->kind, TaskKind::write);
}

TEST_P(DispatchTest, HazardsComeOnlyToThoseWhoConsentedWhereTheProjectAsksForIt) {
  make_project();
  const PersonId anna = add_member("anna");
  ASSERT_TRUE(write([&](Records& records) {
    return set_policy(records, administrator, project, {}, {.review = {}, .hazard_consent = true}, clock);
  }));
  task_about({.hazard = "hate"});
  EXPECT_FALSE(claim(anna));
  ASSERT_TRUE(consent(anna, {"hate"}));
  EXPECT_TRUE(claim(anna));
}

TEST_P(DispatchTest, OnlyThePersonConsentsToHazards) {
  make_project();
  const PersonId anna = add_member("anna");
  ASSERT_TRUE(consent(anna, {"privacy", "other", "privacy"}));
  fit(anna, {.languages = {"en"}, .hazards = {"hate"}});
  const Fit kept = *read([&](Records& records) { return show_own_fit(records, as(anna), project); });
  EXPECT_EQ(kept.hazards, (std::vector<std::string>{"other", "privacy"}));
  EXPECT_EQ(kept.languages, std::vector<std::string>{"en"});
  const auto unknown = consent(anna, {"privacy", "boredom"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().where, "/hazards/1");
}

TEST_P(DispatchTest, NobodyWidensTheirOwnSkills) {
  make_project();
  const PersonId anna = add_member("anna");
  const auto refused = write(
      [&](Records& records) { return set_fit(records, as(anna), project, anna, {.kinds = {}}, clock); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
}

TEST_P(DispatchTest, AmongEqualsTheNearestDeadlineComesFirst) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId whenever = task_about({});
  const TaskId late =
      task_about({}, {.kind = TaskKind::write, .deadline = clock.now() + std::chrono::hours(9)});
  const TaskId soon =
      task_about({}, {.kind = TaskKind::write, .deadline = clock.now() + std::chrono::hours(1)});
  const TaskId first = task_about({}, {.kind = TaskKind::write, .priority = 1});
  for (TaskId expected : {first, soon, late, whenever}) {
    const auto next = claim(anna);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->task, expected);
    ASSERT_TRUE(submit(anna, *next, fitting_payload(*next)));
  }
}

TEST_P(DispatchTest, ATaskThatIsKeptForSomebodyComesToThemFirstAndToNobodyElse) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  const TaskId other = task_about({}, {.kind = TaskKind::write, .priority = 9});
  const TaskId kept = task_about({});
  ASSERT_TRUE(keep_for(anna, kept));
  EXPECT_EQ(claim(ben)->task, other);
  const auto next = claim(anna);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->task, kept);
  ASSERT_TRUE(submit(anna, *next, fitting_payload(*next)));
  EXPECT_EQ(task(kept).state, TaskState::done);
  EXPECT_EQ(keep_for(ben, kept).error().kind, ErrorKind::conflict);
}

TEST_P(DispatchTest, AKeptTaskThatIsSkippedIsForEverybodyElse) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  const TaskId kept = task_about({});
  ASSERT_TRUE(keep_for(anna, kept));
  const auto next = claim(anna);
  ASSERT_TRUE(next);
  ASSERT_TRUE(write(
      [&](Records& records) { return skip(records, as(anna), next->task, next->lease_token, "", clock); }));
  EXPECT_EQ(claim(ben)->task, kept);
}

TEST_P(DispatchTest, NobodyIsHandedWorkAboutWhatTheyWrote) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  add_task({.kind = TaskKind::write});
  const auto written = judge(anna);
  ASSERT_TRUE(written);
  const PromptId prompt = add_prompt();
  const auto responses = write([&](Records& records) {
    return feedback::add_responses(
        records, administrator, project,
        std::vector<Response>{{.prompt = prompt, .text = "Anna's", .written_in = written->judgment},
                              {.prompt = prompt, .text = "The model's"}},
        clock);
  });
  const Task wanted{.kind = TaskKind::compare, .prompt = prompt, .responses = *responses, .overlap = 3};
  const auto tasks = write([&](Records& records) {
    return add_tasks(records, administrator, project, std::vector{wanted}, clock);
  });
  EXPECT_FALSE(claim(anna));
  EXPECT_EQ(keep_for(anna, tasks->front()).error().kind, ErrorKind::conflict);
  EXPECT_EQ(claim(ben)->task, tasks->front());
}

TEST_P(DispatchTest, ATaskTakesWhatItsKindTakes) {
  make_project();
  const PromptId prompt = add_prompt();
  const auto nine = add_responses(prompt, 9);
  const auto refused = [&](TaskKind kind, std::size_t count) {
    const Task wanted{.kind = kind,
                      .prompt = prompt,
                      .responses = {nine.begin(), nine.begin() + static_cast<std::ptrdiff_t>(count)}};
    const auto added = write([&](Records& records) {
      return add_tasks(records, administrator, project, std::vector{wanted}, clock);
    });
    return added ? "accepted" : added.error().where;
  };
  EXPECT_EQ(refused(TaskKind::compare, 8), "accepted");
  EXPECT_EQ(refused(TaskKind::compare, 9), "/items/0/response_ids");
  EXPECT_EQ(refused(TaskKind::compare, 1), "/items/0/response_ids");
  EXPECT_EQ(refused(TaskKind::spans, 1), "accepted");
  EXPECT_EQ(refused(TaskKind::edit, 2), "/items/0/response_ids");
  EXPECT_EQ(refused(TaskKind::review, 0), "/items/0/kind");
}

TEST_P(DispatchTest, ThePolicyIsKept) {
  make_project();
  Overlap overlap{.compare = 5};
  overlap.others[TaskKind::spans] = 4;
  WorkPolicy policy{.review = {}, .adjudicate_below = 0.5, .hazard_consent = true};
  policy.review[TaskKind::edit] = {.newcomer = 7, .share = 0.2};
  ASSERT_TRUE(write(
      [&](Records& records) { return set_policy(records, administrator, project, overlap, policy, clock); }));
  const auto kept = read([&](Records& records) { return records.project(project); }).value();
  EXPECT_EQ(kept.overlap.of(TaskKind::compare), 5);
  EXPECT_EQ(kept.overlap.of(TaskKind::spans), 4);
  EXPECT_EQ(kept.overlap.of(TaskKind::flag), 2);
  EXPECT_EQ(kept.policy.review.at(TaskKind::edit).newcomer, 7);
  EXPECT_DOUBLE_EQ(kept.policy.adjudicate_below, 0.5);
  EXPECT_TRUE(kept.policy.hazard_consent);
}

INSTANTIATE_TEST_SUITE_P(Databases, DispatchTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

}  // namespace preceptor::store
