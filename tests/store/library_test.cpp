#include "feedback/library.hpp"

#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "feedback/verify.hpp"
#include "feedback/work_settings.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;
using nlohmann::json;

namespace {

struct LibraryTest : StoreTest {
  Result<Source> add(PersonId person, const Source& source) {
    return write([&](Records& records) { return add_source(records, as(person), project, source, clock); });
  }
  TaskId task_of(TaskKind kind, Split split, int responses) {
    const PromptId prompt = add_prompt(split);
    const Task wanted{.kind = kind, .prompt = prompt, .responses = add_responses(prompt, responses)};
    const auto ids = write([&](Records& records) {
      return add_tasks(records, administrator, project, std::vector{wanted}, clock);
    });
    EXPECT_TRUE(ids) << (ids ? "" : ids.error().text());
    return ids ? ids->front() : TaskId{};
  }
  void expect_clean() {
    const auto report = read([&](Records& records) { return verify_log(records, nullptr); });
    EXPECT_TRUE(report.differences.empty()) << report.differences.front();
  }
};

}  // namespace

TEST_P(LibraryTest, ASourceIsKeptWithTheHashOfWhatItSaid) {
  make_project();
  const PersonId anna = add_member("anna");
  const auto added =
      add(anna, {.title = "Label of A", .address = "https://example.org/a", .excerpt = "Ten mg."});
  ASSERT_TRUE(added);
  EXPECT_EQ(added->sha256, sha256_hex("Ten mg."));
  ASSERT_TRUE(add(anna, {.title = "100% label", .excerpt = "Two mg."}));
  const auto found = [&](std::string_view words) {
    return read([&](Records& records) { return list_sources(records, as(anna), project, words, {}); })
        ->items.size();
  };
  EXPECT_EQ(found(""), 2U);
  EXPECT_EQ(found("label of"), 1U);
  EXPECT_EQ(found("EXAMPLE.org"), 1U);
  EXPECT_EQ(found("%"), 1U);
  EXPECT_EQ(add(anna, {.title = "x", .excerpt = ""}).error().where, "/excerpt");
  EXPECT_EQ(add(anna, {.title = "", .excerpt = "x"}).error().where, "/title");
  EXPECT_EQ(add(add_person("stranger"), {.title = "x", .excerpt = "x"}).error().kind, ErrorKind::not_found);
}

TEST_P(LibraryTest, WhatCannotBeSettledGoesToSomebodyElse) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  const TaskId id = task_of(TaskKind::fact_check, Split::train, 1);
  const auto next = claim(anna);
  ASSERT_TRUE(next);
  const json claims{{{"text", "It is so."}, {"verdict", "unsettled"}}};
  ASSERT_TRUE(submit(anna, *next, json{{"claims", claims}}.dump()));
  EXPECT_FALSE(claim(anna));
  const auto on = claim(ben);
  ASSERT_TRUE(on && on->earlier);
  EXPECT_NE(on->task, id);
  EXPECT_EQ(on->kind, TaskKind::fact_check);
  EXPECT_EQ(json::parse(on->earlier->payload)["claims"][0]["verdict"], "unsettled");
  const json settled{{{"text", "It is so."}, {"verdict", "not_supported"}}};
  ASSERT_TRUE(submit(ben, *on, json{{"claims", settled}}.dump()));
  EXPECT_FALSE(claim(add_member("cleo")));
  expect_clean();
}

TEST_P(LibraryTest, AWrittenPromptJoinsTheProjectAndIsNeverShownToItsAuthor) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  task_of(TaskKind::prompt, Split::brief, 0);
  const auto next = claim(anna);
  ASSERT_TRUE(next);
  ASSERT_TRUE(
      submit(anna, *next, R"({"text":"How much for a child?","style":"ordinary","difficulty":"hard"})"));
  const auto prompts =
      read([&](Records& records) { return records.prompts({.project = project, .split = Split::train}); });
  ASSERT_EQ(prompts.items.size(), 1U);
  const Prompt& entered = prompts.items.front();
  EXPECT_EQ(entered.messages.front().content, "How much for a child?");
  EXPECT_EQ(entered.domain, "medical");
  EXPECT_EQ(entered.author, anna);
  const Task wanted{.kind = TaskKind::write, .prompt = entered.id};
  ASSERT_TRUE(write([&](Records& records) {
    return add_tasks(records, administrator, project, std::vector{wanted}, clock);
  }));
  EXPECT_FALSE(claim(anna));
  EXPECT_TRUE(claim(ben));
  expect_clean();
}

TEST_P(LibraryTest, APromptThatIsReviewedJoinsTheProjectOnceItIsAccepted) {
  make_project();
  const PersonId anna = add_member("anna"), rita = add_member("rita", Role::reviewer);
  WorkPolicy policy;
  policy.review[TaskKind::prompt] = {.newcomer = 100, .share = 1};
  ASSERT_TRUE(write(
      [&](Records& records) { return set_policy(records, administrator, project, {}, policy, clock); }));
  task_of(TaskKind::prompt, Split::brief, 0);
  ASSERT_TRUE(submit(anna, *claim(anna), R"({"text":"How much?","style":"ordinary","difficulty":"hard"})"));
  const auto entered = [&] {
    return read(
               [&](Records& records) { return records.prompts({.project = project, .split = Split::train}); })
        .items.size();
  };
  EXPECT_EQ(entered(), 0U);
  const auto review = claim(rita);
  ASSERT_TRUE(review && review->earlier);
  ASSERT_TRUE(submit(rita, *review,
                     json{{"judgment_id", review->earlier->judgment.value}, {"verdict", "accept"}}.dump()));
  EXPECT_EQ(entered(), 1U);
  expect_clean();
}

TEST_P(LibraryTest, AModelIsTriedOnlyByWhoHoldsATaskThatTalksToOne) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  const TaskId id = task_of(TaskKind::chat, Split::brief, 0);
  const std::vector<Message> said{{"user", "Hello"}};
  const auto tried = [&](PersonId person) {
    return read([&](Records& records) { return check_trial(records, as(person), id, said); });
  };
  EXPECT_EQ(tried(anna).error().kind, ErrorKind::not_found);
  ASSERT_TRUE(claim(anna));
  EXPECT_EQ(tried(anna).error().kind, ErrorKind::conflict);  // no model yet
  const ModelId model = write([&](loop::Records& records) {
    const ModelId added = records.add_model(
        {.project = project, .name = "m", .sha256 = std::string(64, 'a'), .created_at = clock.now()});
    records.set_current_model(project, added);
    return added;
  });
  EXPECT_EQ(tried(anna), model);
  EXPECT_EQ(tried(ben).error().kind, ErrorKind::not_found);
  const auto kept = write([&](Records& records) {
    return keep_trial(records, as(anna), {.task = id, .messages = said, .reply = "Hi.", .model = model},
                      clock);
  });
  ASSERT_TRUE(kept);
  const auto mine = read([&](Records& records) { return my_trials(records, as(anna), id); });
  ASSERT_EQ(mine->size(), 1U);
  EXPECT_EQ(mine->front().reply, "Hi.");
  write([&](Records& records) {
    for (int i = 1; i < 200; ++i)
      records.add_exchange({.task = id,
                            .person = anna,
                            .messages = said,
                            .reply = "Hi.",
                            .model = model,
                            .created_at = clock.now()});
  });
  EXPECT_EQ(tried(anna).error().kind, ErrorKind::conflict);
  const json payload{{"turns", {{{"exchange_id", kept->id.value}, {"verdict", "good"}}}},
                     {"overall", "good"}};
  EXPECT_TRUE(submit(anna, *claim(anna), payload.dump()));
  const auto afterwards = read([&](Records& records) { return my_trials(records, as(anna), id); });
  EXPECT_EQ(afterwards->size(), 200U) << "who corrects a conversation sees it again";
  EXPECT_EQ(read([&](Records& records) { return my_trials(records, as(ben), id); }).error().kind,
            ErrorKind::not_found);
}

INSTANTIATE_TEST_SUITE_P(Databases, LibraryTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

}  // namespace preceptor::store
