#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

TEST_P(StoreTest, AProjectsCountsAreThoseOfItsRows) {
  make_project();
  const PersonId anna = add_member("anna");
  const PromptId prompt = add_prompt();
  add_responses(prompt, 3);
  for (int i = 0; i < 5; ++i) add_task({.overlap = 1});
  add_task({.overlap = 2});
  add_task({.gold = true});
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(judge(anna));
  read([&](Records& records) {
    const ProjectCounts counts = records.project_counts(project);
    std::int64_t open = 0, done = 0, golds = 0;
    const auto tasks = records.tasks({.project = project, .page = {.limit = 1000}});
    for (const Task& task : tasks.items) {
      if (task.state == TaskState::open) (task.gold ? golds : open) += 1;
      if (task.state == TaskState::done) done += 1;
    }
    const auto prompts = records.prompts({.project = project, .page = {.limit = 1000}});
    const auto responses = records.responses({.project = project, .page = {.limit = 1000}});
    const auto judgments = records.judgments({.project = project, .page = {.limit = 1000}});
    EXPECT_EQ(counts.tasks_open, open);
    EXPECT_EQ(counts.tasks_done, done);
    EXPECT_EQ(counts.golds, golds);
    EXPECT_EQ(counts.prompts, static_cast<std::int64_t>(prompts.items.size()));
    EXPECT_EQ(counts.responses, static_cast<std::int64_t>(responses.items.size()));
    EXPECT_EQ(counts.judgments, static_cast<std::int64_t>(judgments.items.size()));
  });
}

TEST_P(StoreTest, EachFilterOfTasksFindsWhatItNamesAndEachTaskIsWholeInEveryList) {
  make_project();
  const PersonId anna = add_member("anna");
  for (const TaskKind kind : {TaskKind::compare, TaskKind::write, TaskKind::rate}) {
    for (int i = 0; i < 2; ++i) add_task({.kind = kind});
  }
  ASSERT_TRUE(judge(anna));
  const std::optional<TaskState> states[] = {std::nullopt, TaskState::open, TaskState::done};
  const std::optional<TaskKind> kinds[] = {std::nullopt, TaskKind::compare, TaskKind::write};
  read([&](Records& records) {
    const auto all = records.tasks({.project = project}).items;
    ASSERT_EQ(all.size(), 6U);
    for (const auto& state : states) {
      for (const auto& kind : kinds) {
        std::vector<TaskId> expected, found;
        for (const Task& task : all) {
          if (state.value_or(task.state) == task.state && kind.value_or(task.kind) == task.kind)
            expected.push_back(task.id);
        }
        for (const Task& task : records.tasks({.project = project, .state = state, .kind = kind}).items) {
          found.push_back(task.id);
          EXPECT_EQ(task.lane, records.task(task.id)->lane);
          EXPECT_TRUE(task.lane);
        }
        EXPECT_EQ(found, expected);
      }
    }
  });
}

TEST_P(StoreTest, NobodyIsToldOfMoreTasksThanThereAre) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  for (int i = 0; i < 120; ++i) add_task({.overlap = 1});
  ASSERT_TRUE(claim(ben));
  for (int i = 0; i < 30; ++i) {
    const auto next = claim(anna);
    ASSERT_TRUE(next);
    read([&](Records& records) {
      std::vector<LaneId> lanes;
      for (const Lane& lane : records.lanes(project)) lanes.push_back(lane.id);
      const std::int64_t had = records.membership(project, anna)->handed;
      EXPECT_LE(records.open_out_of_hands(project) - had, records.available(anna, lanes, 1000));
    });
    EXPECT_EQ(next->available, std::min<std::int64_t>(available_max, 118 - i));
    ASSERT_TRUE(submit(anna, *next, fitting_payload(*next)));
  }
}

TEST_P(StoreTest, TheNewestJudgmentIsTheProjects) {
  make_project();
  const PersonId anna = add_member("anna");
  EXPECT_FALSE(read([&](Records& records) { return records.newest_judgment(project); }));
  for (int i = 0; i < 2; ++i) add_task({.overlap = 1});
  ASSERT_TRUE(judge(anna));
  const auto last = judge(anna);
  EXPECT_EQ(read([&](Records& records) { return records.newest_judgment(project); }), last->judgment);
}

TEST_P(StoreTest, WhatIsUnderWayIsCounted) {
  make_project();
  const PersonId anna = add_member("anna");
  add_task({.overlap = 1});
  EXPECT_EQ(read([](loop::Records& records) { return records.work_under_way(); }).leases, 0);
  const auto hers = claim(anna);
  EXPECT_EQ(read([](loop::Records& records) { return records.work_under_way(); }).leases, 1);
  ASSERT_TRUE(submit(anna, *hers, fitting_payload(*hers)));
  const auto after = read([](loop::Records& records) { return records.work_under_way(); });
  EXPECT_EQ(after.leases, 0);
  EXPECT_GT(after.events_unsealed, 0);
}

}  // namespace preceptor::store
