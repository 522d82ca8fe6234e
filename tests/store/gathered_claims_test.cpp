#include <map>

#include "tests/gathering_test.hpp"

namespace preceptor::store {

class GatheredClaimsTest : public GatheringTest {};

TEST_P(GatheredClaimsTest, ManyClaimsAndSubmissionsAreAllKept) {
  make_project();
  std::vector<PersonId> people;
  for (int i = 0; i < 24; ++i) people.push_back(add_member("person" + std::to_string(i)));
  for (int i = 0; i < 8; ++i) add_task({.overlap = 3});
  const auto claims = claim_together(people);

  std::vector<Posted> commands;
  for (std::size_t i = 0; i < people.size(); ++i) {
    ASSERT_TRUE(claims[i]) << i;
    const auto send = [&, i](loop::Records& records) {
      const auto receipt = feedback::submit(records, as(people[i]),
                                            {.task = claims[i]->task,
                                             .lease_token = claims[i]->lease_token,
                                             .payload = fitting_payload(*claims[i])},
                                            clock);
      EXPECT_TRUE(receipt && receipt->counted) << (receipt ? "surplus" : receipt.error().text());
    };
    // Told of the people alone: three change the same task.
    commands.push_back({send, {subject_of(people[i])}});
  }
  expect_together(commands);
  for (const auto& claim : claims) EXPECT_EQ(task(claim->task).counted, 3);
  expect_sound_log();
}

TEST_P(GatheredClaimsTest, OneSlotIsHandedToOnePersonAlone) {
  make_project();
  for (int i = 0; i < 3; ++i) add_task({.overlap = 2});
  std::vector<PersonId> people;
  for (int i = 0; i < 10; ++i) people.push_back(add_member("person" + std::to_string(i)));
  const auto claims = claim_together(people);
  std::map<std::int64_t, int> handed;
  for (const auto& claim : claims)
    if (claim) ++handed[claim->task.value];
  EXPECT_EQ(handed.size(), 3U);
  for (const auto& [task, people] : handed) EXPECT_EQ(people, 2);
}

TEST_P(GatheredClaimsTest, WhoHadATaskIsHandedTheNextAndNobodyElseIsPassedOver) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId urgent = add_task({.overlap = 3, .priority = 5});
  ASSERT_TRUE(judge(anna));
  const TaskId later = add_task({.overlap = 9});
  std::vector<PersonId> people{add_member("ben"), anna, add_member("carl"), add_member("dora")};
  const auto claims = claim_together(people);
  std::vector<TaskId> handed;
  for (const auto& claim : claims) handed.push_back(claim.value().task);
  EXPECT_EQ(handed, (std::vector<TaskId>{urgent, later, urgent, later}));
}

TEST_P(GatheredClaimsTest, EachIsHandedWhatSuitsThem) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben"), carl = add_member("carl"),
                 dora = add_member("dora");
  write([&](Records& records) {
    records.put_fit(project, ben, {.kinds = {TaskKind::rate}});
    records.put_fit(project, dora, {.kinds = {TaskKind::rate}});
  });
  add_task({.kind = TaskKind::compare, .overlap = 2, .priority = 1});
  add_task({.kind = TaskKind::rate, .overlap = 3});
  const std::vector<PersonId> people{anna, ben, carl, dora};
  const auto claims = claim_together(people);
  std::vector<TaskKind> kinds;
  for (const auto& claim : claims) kinds.push_back(claim.value().kind);
  EXPECT_EQ(kinds,
            (std::vector<TaskKind>{TaskKind::compare, TaskKind::rate, TaskKind::compare, TaskKind::rate}));
}

TEST_P(GatheredClaimsTest, LateWorkAndTheNextHolderNeverBothCount) {
  make_project();
  for (int round = 0; round < 5; ++round) {
    const PersonId late = add_member("late" + std::to_string(round));
    const PersonId next = add_member("next" + std::to_string(round));
    const TaskId id = add_task({.overlap = 1});
    const auto held = claim(late);
    ASSERT_TRUE(held);
    clock.advance(std::chrono::minutes(20));
    bool counted = false;
    std::optional<Claim> taken;
    const auto problems = run_together({
        {[&](loop::Records& records) {
           counted =
               feedback::submit(
                   records, as(late),
                   {.task = id, .lease_token = held->lease_token, .payload = fitting_payload(*held)}, clock)
                   ->counted;
         },
         {subject_of(late), "task " + std::to_string(id.value)}},
        {[&](loop::Records& records) { taken = *claim_next(records, as(next), project, {}, clock); },
         {subject_of(next)}},
    });
    for (const auto& problem : problems) EXPECT_EQ(message_of(problem), "");
    EXPECT_NE(counted, taken.has_value()) << round;
    if (taken) {
      EXPECT_TRUE(submit(next, *taken, fitting_payload(*taken))->counted);
    }
    EXPECT_EQ(task(id).counted, 1);
  }
  expect_sound_log();
}

INSTANTIATE_TEST_SUITE_P(Databases, GatheredClaimsTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

}  // namespace preceptor::store
