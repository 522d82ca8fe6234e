#include <atomic>
#include <future>
#include <map>

#include "feedback/verify.hpp"
#include "store/postgres_connection.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

// Commands that may be done side by side. Both databases keep the contract; only PostgreSQL does them
// together.
class GatheringTest : public StoreTest {
protected:
  struct Posted {
    std::function<void(loop::Records&)> work;
    loop::Subjects subjects;
  };

  // All of them before the first is done, as far as the database lets itself be held up. What each threw.
  std::vector<std::exception_ptr> run_together(std::vector<Posted> commands) {
    std::vector<std::promise<std::exception_ptr>> promises(commands.size() + 1);
    const auto post = [&](std::size_t place, Posted posted) {
      database().post_gathered_write(
          std::move(posted.work),
          [&promises, place](std::exception_ptr problem) { promises[place].set_value(problem); },
          std::move(posted.subjects));
    };
    {
      const auto held = hold_gathering();
      post(commands.size(), {[](loop::Records& records) { records.projects(); }, {}});
      for (std::size_t i = 0; i < commands.size(); ++i) post(i, std::move(commands[i]));
    }
    std::vector<std::exception_ptr> problems;
    for (auto& promise : promises) problems.push_back(promise.get_future().get());
    problems.pop_back();
    return problems;
  }

  // In one transaction on PostgreSQL (and one for what comes first), none failing.
  void expect_together(const std::vector<Posted>& commands) {
    const std::int64_t commits_before = database().figures().commits;
    for (const auto& problem : run_together(commands)) EXPECT_FALSE(problem);
    if (!is_sqlite()) {
      EXPECT_LE(database().figures().commits - commits_before, 2);
    }
  }

  std::int64_t judgments_of(PersonId person) {
    return read([&](Records& records) { return records.membership(project, person)->judgments; });
  }
  std::string draft_of(TaskId task, PersonId person) {
    return read([&](Records& records) {
      const auto found = records.draft(task, person);
      return found ? found->payload : std::string("none");
    });
  }
  void put_draft(Records& records, TaskId task, PersonId person, const std::string& payload) {
    records.put_draft({.task = task, .person = person, .payload = payload, .saved_at = clock.now()});
  }
  void expect_sound_log() {
    EXPECT_EQ(read([](Records& records) { return verify_log(records).differences; }),
              std::vector<std::string>{});
  }

private:
  // The lock that a gathered transaction takes first.
  std::unique_ptr<PostgresConnection> hold_gathering() {
    if (is_sqlite()) return nullptr;
    auto connection = std::make_unique<PostgresConnection>(address);
    connection->run_script("SELECT pg_advisory_lock(5063725602)");
    return connection;
  }
};

namespace {

std::string subject_of(PersonId person) { return "person " + std::to_string(person.value); }

std::string message_of(const std::exception_ptr& problem) {
  if (!problem) return "";
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception& known) {
    return known.what();
  }
}

}  // namespace

TEST_P(GatheringTest, ManyClaimsAndSubmissionsAreAllKept) {
  make_project();
  std::vector<PersonId> people;
  for (int i = 0; i < 24; ++i) people.push_back(add_member("person" + std::to_string(i)));
  for (int i = 0; i < 8; ++i) add_task({.overlap = 3});
  std::vector<std::optional<Claim>> claims(people.size());
  std::vector<Posted> commands;
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto claim = [&, i](loop::Records& records) {
      claims[i] = *claim_next(records, as(people[i]), project, {}, clock);
    };
    commands.push_back({claim, {subject_of(people[i])}});
  }
  expect_together(commands);

  commands.clear();
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

TEST_P(GatheringTest, OneSlotIsHandedToOnePersonAlone) {
  make_project();
  for (int i = 0; i < 3; ++i) add_task({.overlap = 2});
  std::vector<std::optional<Claim>> claims(10);
  std::vector<Posted> commands;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const PersonId person = add_member("person" + std::to_string(i));
    commands.push_back({[&, i, person](loop::Records& records) {
                          claims[i] = *claim_next(records, as(person), project, {}, clock);
                        },
                        {subject_of(person)}});
  }
  expect_together(commands);
  std::map<std::int64_t, int> handed;
  for (const auto& claim : claims)
    if (claim) ++handed[claim->task.value];
  EXPECT_EQ(handed.size(), 3U);
  for (const auto& [task, people] : handed) EXPECT_EQ(people, 2);
}

TEST_P(GatheringTest, WhoHadATaskIsHandedTheNextAndNobodyElseIsPassedOver) {
  make_project();
  const PersonId anna = add_member("anna");
  const TaskId urgent = add_task({.overlap = 3, .priority = 5});
  ASSERT_TRUE(judge(anna));
  const TaskId later = add_task({.overlap = 9});
  std::vector<PersonId> people{add_member("ben"), anna, add_member("carl"), add_member("dora")};
  std::vector<std::optional<Claim>> claims(people.size());
  std::vector<Posted> commands;
  for (std::size_t i = 0; i < people.size(); ++i) {
    commands.push_back({[&, i](loop::Records& records) {
                          claims[i] = *claim_next(records, as(people[i]), project, {}, clock);
                        },
                        {subject_of(people[i])}});
  }
  expect_together(commands);
  std::vector<TaskId> handed;
  for (const auto& claim : claims) handed.push_back(claim.value().task);
  EXPECT_EQ(handed, (std::vector<TaskId>{urgent, later, urgent, later}));
}

TEST_P(GatheringTest, EachIsHandedWhatSuitsThem) {
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
  std::vector<std::optional<Claim>> claims(people.size());
  std::vector<Posted> commands;
  for (std::size_t i = 0; i < people.size(); ++i) {
    commands.push_back({[&, i](loop::Records& records) {
                          claims[i] = *claim_next(records, as(people[i]), project, {}, clock);
                        },
                        {subject_of(people[i])}});
  }
  expect_together(commands);
  std::vector<TaskKind> kinds;
  for (const auto& claim : claims) kinds.push_back(claim.value().kind);
  EXPECT_EQ(kinds,
            (std::vector<TaskKind>{TaskKind::compare, TaskKind::rate, TaskKind::compare, TaskKind::rate}));
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
TEST_P(GatheringTest, LateWorkAndTheNextHolderNeverBothCount) {
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
