#include "tests/gathering_test.hpp"

#include <atomic>

namespace preceptor::store {

TEST_P(GatheringTest, ACommandThatFailsSpoilsNoOther) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  const PersonId carl = add_member("carl");
  const TaskId id = add_task({.overlap = 3});
  const auto problems = run_together({
      {[&](loop::Records& records) {
         records.task(id);
         put_draft(records, id, anna, "kept");
       },
       {subject_of(anna)}},
      {[&](loop::Records& records) {
         records.task(id);
         throw std::runtime_error("before it wrote");
       },
       {subject_of(ben)}},
      {[&](loop::Records& records) {
         put_draft(records, id, carl, "not kept");
         records.task(id);
         throw std::runtime_error("after it wrote");
       },
       {subject_of(carl)}},
  });
  EXPECT_EQ(message_of(problems[0]), "");
  EXPECT_EQ(message_of(problems[1]), "before it wrote");
  EXPECT_EQ(message_of(problems[2]), "after it wrote");
  EXPECT_EQ(draft_of(id, anna), "kept");
  EXPECT_EQ(draft_of(id, carl), "none");
}

TEST_P(GatheringTest, WhatTheDatabaseRefusesFailsThatCommandAlone) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId id = add_task({});
  const auto problems = run_together({
      {[&](loop::Records& records) { put_draft(records, id, anna, "kept"); }, {subject_of(anna)}},
      {[&](loop::Records& records) { put_draft(records, TaskId{999}, anna, "of no task"); }, {"nobody"}},
  });
  EXPECT_EQ(message_of(problems[0]), "");
  EXPECT_NE(message_of(problems[1]), "");
  EXPECT_EQ(draft_of(id, anna), "kept");
}

TEST_P(GatheringTest, WhatTheDatabaseRefusesToOneOfManyFailsThatOneAlone) {
  make_project();
  const TaskId id = add_task({});
  std::vector<PersonId> people;
  std::vector<Posted> commands;
  for (int i = 0; i < 12; ++i) {
    people.push_back(add_member("person" + std::to_string(i)));
    commands.push_back({[this, i, person = people.back(), kept = id](loop::Records& records) {
                          put_draft(records, i == 5 ? TaskId{999} : kept, person, "kept");
                        },
                        {subject_of(people.back())}});
  }
  const auto problems = run_together(commands);
  for (std::size_t i = 0; i < people.size(); ++i) {
    EXPECT_EQ(problems[i] == nullptr, i != 5) << message_of(problems[i]);
    EXPECT_EQ(draft_of(id, people[i]), i == 5 ? "none" : "kept");
  }
}

TEST_P(GatheringTest, EveryTextArrivesAsItWas) {
  make_project();
  const TaskId id = add_task({});
  const std::vector<std::string> texts{"",
                                       "NULL",
                                       "null",
                                       " blank around ",
                                       R"("quoted" and \backslashed
 "both")",
                                       "{braces},{1,2},[brackets]",
                                       "line\nline\r\ttab",
                                       "it's $1, ';--",
                                       "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
                                       std::string(20'000, '\\')};
  std::vector<PersonId> people;
  std::vector<Posted> commands;
  for (const std::string& text : texts) {
    const PersonId person = add_member("person" + std::to_string(people.size()));
    people.push_back(person);
    commands.push_back({[this, person, id, &text](loop::Records& records) {
                          put_draft(records, id, person, text);
                          EXPECT_EQ(records.draft(id, person)->payload, text);
                        },
                        {subject_of(person)}});
  }
  expect_together(commands);
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(draft_of(id, people[i]), texts[i]);
}

TEST_P(GatheringTest, WhatIsMissingStaysMissing) {
  make_project();
  const PersonId anna = add_member("anna"), ben = add_member("ben");
  std::vector<Posted> commands;
  for (const PersonId person : {anna, ben, PersonId{}}) {
    commands.push_back({[this, person, anna](loop::Records& records) {
                          EventPayload payload{.salt = "salt", .payload = "{}"};
                          records.add_event({.kind = "test",
                                             .project = person == anna ? project : ProjectId{},
                                             .actor = person,
                                             .subject = 7,
                                             .at = clock.now(),
                                             .commitment = "c"},
                                            payload);
                        },
                        {subject_of(person)}});
  }
  expect_together(commands);
  std::vector<LoggedEvent> events;
  for (LoggedEvent& logged : read([](Records& records) { return records.unsealed_with_payload(); })) {
    if (logged.event.kind == "test") events.push_back(std::move(logged));
  }
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].event.project, project);
  EXPECT_EQ(events[0].event.actor, anna);
  EXPECT_EQ(events[1].event.project, ProjectId{});
  EXPECT_EQ(events[1].event.actor, ben);
  EXPECT_EQ(events[2].event.actor, PersonId{});
  for (const LoggedEvent& logged : events) EXPECT_EQ(logged.payload->salt, "salt");
}

TEST_P(GatheringTest, TwoThatChangeTheSameRowBothCount) {
  make_project();
  const TaskId id = add_task({.overlap = 5});
  std::vector<Posted> commands;
  for (int i = 0; i < 4; ++i)
    commands.push_back({[id](loop::Records& records) { records.count_judgment(id); }, {std::to_string(i)}});
  expect_together(commands);
  EXPECT_EQ(task(id).counted, 4);
}

TEST_P(GatheringTest, CommandsOfOneSubjectComeOneAfterAnother) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  std::vector<Posted> commands;
  for (int i = 0; i < 10; ++i) {
    for (const PersonId person : {anna, ben}) {
      const auto count = [&, person](loop::Records& records) {
        auto member = records.lock_membership(project, person);
        records.project(project);
        member->judgments += 1;
        records.update_membership(*member);
      };
      commands.push_back({count, {subject_of(person)}});
    }
  }
  for (const auto& problem : run_together(commands)) EXPECT_EQ(message_of(problem), "");
  EXPECT_EQ(judgments_of(anna), 10);
  EXPECT_EQ(judgments_of(ben), 10);
}

TEST_P(GatheringTest, EachCommandsChangesKeepTheirOrder) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  const TaskId id = add_task({.overlap = 2});
  const auto rewrite = [&](PersonId person) {
    return [&, person](loop::Records& records) {
      put_draft(records, id, person, "first");
      records.remove_draft(id, person);
      put_draft(records, id, person, "second");
      EXPECT_EQ(records.draft(id, person)->payload, "second");
      records.remove_draft(id, person);
      put_draft(records, id, person, "last");
    };
  };
  const auto begin_with_removing = [&](loop::Records& records) {
    records.remove_draft(id, ben);
    put_draft(records, id, ben, "last");
  };
  const auto problems =
      run_together({{rewrite(anna), {subject_of(anna)}}, {begin_with_removing, {subject_of(ben)}}});
  for (const auto& problem : problems) EXPECT_EQ(message_of(problem), "");
  EXPECT_EQ(draft_of(id, anna), "last");
  EXPECT_EQ(draft_of(id, ben), "last");
}

TEST_P(GatheringTest, ACommandThatMustBeAloneIsRunByItself) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  const TaskId id = add_task({.overlap = 2});
  std::atomic<int> runs = 0;
  const auto problems = run_together({
      {[&](loop::Records& records) {
         ++runs;
         records.task(id);
         records.act_alone();
         put_draft(records, id, anna, "alone");
       },
       {subject_of(anna)}},
      {[&](loop::Records& records) { put_draft(records, id, ben, "together"); }, {subject_of(ben)}},
  });
  for (const auto& problem : problems) EXPECT_EQ(message_of(problem), "");
  EXPECT_EQ(runs, is_sqlite() ? 1 : 2);
  EXPECT_EQ(draft_of(id, anna), "alone");
  EXPECT_EQ(draft_of(id, ben), "together");
}

// Within one transaction the holder's row lock would not keep the slot from the other.
TEST_P(GatheringTest, WhenTheConnectionDiesBeforeTheCommitAllIsDoneAgain) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  const TaskId id = add_task({.overlap = 2});
  std::atomic<bool> killed = is_sqlite();  // which has no connection that could die
  const auto problems = run_together({
      {[&](loop::Records& records) {
         put_draft(records, id, anna, "kept");
         records.task(id);
         if (!killed.exchange(true)) {
           tamper(
               "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND granted "
               "AND (CAST(classid AS bigint) << 32) + CAST(objid AS bigint) = 5063725602");
         }
         records.project(project);
       },
       {subject_of(anna)}},
      {[&](loop::Records& records) {
         put_draft(records, id, ben, "kept too");
         records.task(id);
         records.project(project);
       },
       {subject_of(ben)}},
  });
  for (const auto& problem : problems) EXPECT_EQ(message_of(problem), "");
  EXPECT_EQ(draft_of(id, anna), "kept");
  EXPECT_EQ(draft_of(id, ben), "kept too");
  EXPECT_TRUE(claim(anna)) << "the next transaction has a connection again";
}

TEST_P(GatheringTest, ClosingDoesFirstWhatWasPosted) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId id = add_task({});
  std::atomic<int> done = 0;
  for (int i = 0; i < 20; ++i) {
    database().post_gathered_write(
        [&, i](loop::Records& records) { put_draft(records, id, anna, std::to_string(i)); },
        [&](std::exception_ptr problem) { done += problem ? 0 : 1; }, {subject_of(anna)});
  }
  close();
  EXPECT_EQ(done, 20);
  open();
  EXPECT_EQ(draft_of(id, anna), "19");
}

INSTANTIATE_TEST_SUITE_P(Databases, GatheringTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

}  // namespace preceptor::store
