#include "feedback/projects.hpp"

#include "feedback/content.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

namespace {

template <class T>
ErrorKind kind_of(const Result<T>& result) {
  return result ? ErrorKind::internal : result.error().kind;
}

}  // namespace

TEST_P(StoreTest, AProjectRemembersAllItWasGiven) {
  make_project({.good = 0.9, .bad = 0.5, .threshold = 7, .rate = 0.2});
  const auto view = read([&](Records& records) { return show_project(records, administrator, project); });
  ASSERT_TRUE(view);
  EXPECT_EQ(view->project.name, "Clinic");
  EXPECT_EQ(view->project.languages, std::vector<std::string>{"en"});
  EXPECT_EQ(view->project.gold_watch.good, 0.9);
  EXPECT_EQ(view->project.gold_watch.rate, 0.2);
  EXPECT_EQ(view->project.guideline_version, 1);
  EXPECT_EQ(view->project.rubric_version, 1);
  EXPECT_EQ(view->role, Role::owner);
  EXPECT_EQ(view->counts.members, 1);
}

TEST_P(StoreTest, ALeadChangesWhatAProjectIsCalledSpeaksAndIsAbout) {
  make_project();
  const PersonId leah = add_member("leah", Role::lead), anna = add_member("anna");
  const auto set = [&](PersonId person, const ProjectSettings& settings) {
    return write(
        [&](Records& records) { return set_settings(records, as(person), project, settings, clock); });
  };
  const ProjectSettings settings{.name = "Ward",
                                 .languages = {"en", "he"},
                                 .domains = {"medicine"},
                                 .gold_watch = {.good = 0.9, .bad = 0.5, .threshold = 7, .rate = 0.2}};
  const auto changed = set(leah, settings);
  ASSERT_TRUE(changed) << changed.error().text();
  const auto kept = read([&](Records& records) { return records.project(project); });
  EXPECT_EQ(kept->name, "Ward");
  EXPECT_EQ(kept->languages, settings.languages);
  EXPECT_EQ(kept->domains, settings.domains);
  EXPECT_EQ(kept->gold_watch.good, 0.9);
  EXPECT_EQ(kept->gold_watch.bad, 0.5);
  EXPECT_EQ(kept->gold_watch.threshold, 7);
  EXPECT_EQ(kept->gold_watch.rate, 0.2);
  EXPECT_EQ(kept->overlap.compare, 3) << "how work is handed out stays";

  EXPECT_EQ(kind_of(set(anna, settings)), ErrorKind::forbidden);
  ProjectSettings wrong = settings;
  wrong.gold_watch.bad = 0.95;
  EXPECT_EQ(set(leah, wrong).error().where, "/gold_watch");
  wrong = settings;
  wrong.name = " ";
  EXPECT_EQ(set(leah, wrong).error().where, "/name");
  wrong = settings;
  wrong.languages = {"en", std::string(300, 'x')};
  EXPECT_EQ(set(leah, wrong).error().where, "/languages/1");
}

TEST_P(StoreTest, GuidelineAndRubricVersionsOnlyGrow) {
  make_project();
  const TaskId before = add_task({.kind = TaskKind::rate});
  const auto second = write([&](Records& records) {
    return add_guideline(records, administrator, project, "# Be exact and kind", clock);
  });
  ASSERT_TRUE(second);
  EXPECT_EQ(second->version, 2);
  const std::vector<RubricDimension> dimensions{{.key = "clarity", .label = "Clarity"}};
  const auto rubric =
      write([&](Records& records) { return add_rubric(records, administrator, project, dimensions, clock); });
  ASSERT_TRUE(rubric);
  EXPECT_EQ(rubric->version, 2);
  EXPECT_EQ(task(before).rubric_version, 1);
  EXPECT_EQ(task(add_task({})).rubric_version, 2);
  const auto claimed = claim(add_member("anna"), {TaskKind::rate});
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->rubric.dimensions.front().key, "accuracy");
  const auto all = read([&](Records& records) { return list_guidelines(records, administrator, project); });
  ASSERT_EQ(all->items.size(), 2U);
  EXPECT_EQ(all->items.front().markdown, "# Be exact");
}

TEST_P(StoreTest, ForeignProjectsTellNothing) {
  make_project();
  const PersonId stranger = add_person("stranger");
  for (ProjectId id : {project, ProjectId{4711}}) {
    EXPECT_EQ(kind_of(read([&](Records& records) { return show_project(records, as(stranger), id); })),
              ErrorKind::not_found);
    EXPECT_EQ(
        kind_of(write([&](Records& records) { return claim_next(records, as(stranger), id, {}, clock); })),
        ErrorKind::not_found);
  }
  EXPECT_TRUE(read([&](Records& records) { return list_projects(records, as(stranger)); }).items.empty());
  EXPECT_EQ(read([&](Records& records) { return list_projects(records, administrator); }).items.size(), 1U);
}

TEST_P(StoreTest, ATrainerIsRefusedALeadsWork) {
  make_project();
  const PersonId anna = add_member("anna");
  EXPECT_EQ(
      kind_of(write([&](Records& records) { return add_guideline(records, as(anna), project, "x", clock); })),
      ErrorKind::forbidden);
  EXPECT_EQ(
      kind_of(read([&](Records& records) { return list_tasks(records, as(anna), {.project = project}); })),
      ErrorKind::forbidden);
  EXPECT_EQ(kind_of(read([&](Records& records) { return list_members(records, as(anna), project); })),
            ErrorKind::forbidden);
  EXPECT_TRUE(read([&](Records& records) { return list_guidelines(records, as(anna), project); }));
}

TEST_P(StoreTest, AProjectKeepsItsLastOwner) {
  make_project();
  const PersonId ben = add_member("ben");
  const auto set = [&](PersonId person, Role role) {
    return write(
        [&](Records& records) { return set_member(records, administrator, project, person, role, clock); });
  };
  EXPECT_EQ(kind_of(set(administrator.person, Role::lead)), ErrorKind::conflict);
  EXPECT_TRUE(set(ben, Role::owner));
  EXPECT_TRUE(set(administrator.person, Role::lead));
  EXPECT_EQ(kind_of(set(PersonId{4711}, Role::lead)), ErrorKind::not_found);
}

TEST_P(StoreTest, AnAdministratorJudgesOnlyAsAMember) {
  make_project();
  const PersonId other = add_person("other");
  const Actor boss{.person = other, .administrator = true};
  EXPECT_TRUE(read([&](Records& records) { return show_project(records, boss, project); }));
  EXPECT_EQ(kind_of(write([&](Records& records) { return claim_next(records, boss, project, {}, clock); })),
            ErrorKind::forbidden);
}

TEST_P(StoreTest, PromptsSentTwiceWithOneKeyAreKeptOnce) {
  make_project();
  const auto add = [&](const std::string& content) {
    const Prompt prompt{.messages = {{"user", content}}, .key = "dose-1"};
    return write([&](Records& records) {
      return add_prompts(records, administrator, project, std::vector{prompt}, clock);
    });
  };
  const auto first = add("What is the dose?");
  const auto again = add("What is the dose?");
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->front(), again->front());
  EXPECT_EQ(add("Another question?").error().where, "/items/0/key");
}

TEST_P(StoreTest, ABadItemRefusesTheWholeCall) {
  make_project();
  const std::vector<Prompt> prompts{{.messages = {{"user", "fine"}}}, {.messages = {{"robot", "not fine"}}}};
  const auto refused =
      write([&](Records& records) { return add_prompts(records, administrator, project, prompts, clock); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "/items/1/messages/0/role");
  EXPECT_EQ(read([&](Records& records) { return records.project_counts(project); }).prompts, 0);
}

TEST_P(StoreTest, TasksMustFitTheirPromptAndResponses) {
  make_project();
  const PromptId prompt = add_prompt();
  const PromptId elsewhere = add_prompt();
  const auto own = add_responses(prompt, 2);
  const auto foreign = add_responses(elsewhere, 1);
  const auto add = [&](Task task) {
    return write([&](Records& records) {
      return add_tasks(records, administrator, project, std::vector{task}, clock);
    });
  };
  EXPECT_EQ(add({.prompt = prompt, .responses = {own[0]}}).error().where, "/items/0/response_ids");
  EXPECT_EQ(add({.prompt = prompt, .responses = {own[0], own[0]}}).error().where, "/items/0/response_ids");
  EXPECT_EQ(add({.prompt = prompt, .responses = {own[0], foreign[0]}}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(add({.prompt = PromptId{4711}}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(add({.prompt = prompt, .responses = own, .overlap = 1000}).error().where, "/items/0/overlap");
  EXPECT_EQ(add({.prompt = prompt, .responses = own, .gold = GoldAnswer{foreign[0], ""}}).error().where,
            "/items/0/gold/better");
  const auto fine = add({.prompt = prompt, .responses = own, .overlap = 0});
  ASSERT_TRUE(fine);
  EXPECT_EQ(task(fine->front()).overlap, 3) << "the project's overlap for comparisons";
}

TEST_P(StoreTest, ATaskOnAnEvaluationPromptIsNeverForTraining) {
  make_project();
  EXPECT_EQ(task(add_task({.split = Split::evaluation})).purpose, Purpose::evaluation);
  EXPECT_EQ(task(add_task({})).purpose, Purpose::training);
}

TEST_P(StoreTest, TextsThatADatabaseCannotKeepAreRefused) {
  make_project();
  const PromptId prompt = add_prompt();
  const auto add = [&](std::string text) {
    const std::vector<Response> responses{{.prompt = prompt, .text = std::move(text)}};
    return write([&](Records& records) {
      return feedback::add_responses(records, administrator, project, responses, clock);
    });
  };
  EXPECT_EQ(add(std::string("a\0b", 3)).error().kind, ErrorKind::invalid);
  EXPECT_EQ(add("\xc3\x28").error().kind, ErrorKind::invalid);
  EXPECT_EQ(add(std::string(text_bytes_max + 1, 'x')).error().kind, ErrorKind::too_large);
  const auto odd = add("naïve 日本語 🙂 '; DROP TABLE person; -- $1 ?2");
  ASSERT_TRUE(odd);
  EXPECT_EQ(read([&](Records& records) { return records.response(odd->front()); })->text,
            "naïve 日本語 🙂 '; DROP TABLE person; -- $1 ?2");
}

}  // namespace preceptor::store
