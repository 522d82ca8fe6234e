#include "loop/erasure.hpp"

#include <nlohmann/json.hpp>

#include "feedback/events.hpp"
#include "feedback/passwords.hpp"
#include "feedback/second_factor.hpp"
#include "feedback/verify.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

class ErasureTest : public StoreTest {
protected:
  // Anna judges two tasks (one of them a gold), leaves a draft and a skip, and has a pause and a token.
  void SetUp() override {
    StoreTest::SetUp();
    make_project({.rate = 1});  // a gold as soon as there is one
    anna = add_member("anna", Role::reviewer);
    ben = add_member("ben");
    for (const bool gold : {false, true}) {
      add_task({.overlap = 2, .gold = gold});
      EXPECT_TRUE(judge(anna));
      EXPECT_TRUE(judge(ben));
    }
    add_task({.kind = TaskKind::write, .overlap = 2});
    const auto held = claim(anna);
    ASSERT_TRUE(held);
    write([&](Records& records) {
      records.put_draft({held->task, anna, R"({"text":"a secret thought of Anna"})", clock.now()});
      records.add_skip(held->task, anna, "Anna knows the author", clock.now());
    });
    EXPECT_TRUE(write([&](Records& records) {
      return set_pause(records, administrator, project, anna, true, "Anna was ill", clock);
    }));
    EXPECT_TRUE(
        write([&](Records& records) { return create_token(records, as(anna), {.name = "t"}, clock); }));
    write([&](Records& records) { return seal_events(records, clock); });
  }

  Result<loop::Erasure> erase(PersonId person, Again again = Again::refused) {
    return loop::erase_person(database(), {}, person, again, clock);
  }
  std::vector<std::string> differences() {
    return read([](Records& records) { return verify_log(records).differences; });
  }

  PersonId anna, ben;
};

TEST_P(ErasureTest, ErasingLeavesANumberAndTheLogStillVerifies) {
  ASSERT_EQ(differences(), std::vector<std::string>{});
  const auto erased = erase(anna);
  ASSERT_TRUE(erased) << erased.error().text();
  EXPECT_EQ(erased->rows.judgments, 2);
  EXPECT_EQ(erased->rows.drafts, 1);
  EXPECT_EQ(erased->rows.skips, 1);
  EXPECT_EQ(erased->rows.tokens, 1);
  EXPECT_GT(erased->payloads, 4);
  const auto person = *read([&](Records& records) { return records.person(anna); });
  EXPECT_EQ(person.login, erased_login(anna));
  EXPECT_EQ(person.name, erased_name(anna));
  EXPECT_EQ(person.erased_at, clock.now());
  EXPECT_EQ(differences(), std::vector<std::string>{});
  write([&](Records& records) { return seal_events(records, clock); });
  EXPECT_EQ(differences(), std::vector<std::string>{});
  EXPECT_EQ(read([](Records& records) { return verify_log(records); }).erased, erased->payloads);
}

TEST_P(ErasureTest, NothingThatThePersonWroteIsLeftInTheirExport) {
  const auto before = read([&](Records& records) { return export_data_of(records, anna, clock); });
  EXPECT_NE(before->find("a secret thought"), std::string::npos);
  EXPECT_NE(before->find("knows the author"), std::string::npos);
  EXPECT_NE(before->find("was ill"), std::string::npos);
  ASSERT_TRUE(erase(anna));
  const auto after = read([&](Records& records) { return export_data_of(records, anna, clock); });
  for (const std::string_view word : {"secret", "author", "was ill", "anna", "Anna"})
    EXPECT_EQ(after->find(word), std::string::npos) << word;
  for (const auto& judgment : nlohmann::json::parse(*after)["judgments"])
    EXPECT_EQ(judgment["payload"].dump(), erased_payload);
}

TEST_P(ErasureTest, EveryWayInIsClosed) {
  const auto session =
      write([&](Records& records) { return open_session(records, *records.person(anna), clock, "Firefox"); });
  const auto token =
      write([&](Records& records) { return create_token(records, as(anna), {.name = "t"}, clock); });
  const auto link =
      write([&](Records& records) { return issue_password_reset_locally(records, {}, anna, false, clock); });
  write([&](Records& records) { return begin_second_factor(records, as(anna), clock); });
  ASSERT_TRUE(erase(anna));
  EXPECT_FALSE(read([&](Records& records) { return authenticate_session(records, session.token, clock); }));
  EXPECT_FALSE(read([&](Records& records) { return authenticate_token(records, token->token, clock); }));
  EXPECT_FALSE(read([&](Records& records) { return look_at_password_reset(records, link->token, clock); }));
  EXPECT_FALSE(read([&](Records& records) { return records.second_factor(anna); }));
  EXPECT_FALSE(read([](Records& records) { return records.credentials("anna"); }));
}

TEST_P(ErasureTest, ASecondTimeIsRefusedUnlessItGoesOnAfterAnInterruption) {
  ASSERT_TRUE(erase(anna));
  EXPECT_EQ(erase(anna).error().kind, ErrorKind::conflict);
  const auto again = erase(anna, Again::allowed);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->rows.judgments, 0);
  EXPECT_EQ(again->payloads, 0);
  EXPECT_EQ(erase({999}).error().kind, ErrorKind::not_found);
}

TEST_P(ErasureTest, TheLastOwnerAndTheLastAdministratorStay) {
  const auto olga = add_member("olga", Role::owner);
  const auto others = read([&](Records& records) { return records.members(project); });
  for (const auto& member : others) {
    if (member.role == Role::owner && member.person != olga)
      write([&](Records& records) { records.put_role(project, member.person, Role::lead); });
  }
  EXPECT_EQ(erase(olga).error().kind, ErrorKind::conflict);
  write([&](Records& records) { records.put_role(project, ben, Role::owner); });
  EXPECT_TRUE(erase(olga));
  const auto boss = write([&](Records& records) {
    return create_person_locally(
        records,
        {.person = {.login = "boss", .name = "Boss", .administrator = true}, .password_hash = "unusable"},
        clock);
  });
  EXPECT_EQ(erase(boss->id).error().kind, ErrorKind::conflict);
}

TEST_P(ErasureTest, APayloadThatIsGoneWithoutAnErasureIsADifference) {
  const auto event = read([&](Records& records) {
    for (const LoggedEvent& logged : records.events({1, 1000})) {
      if (logged.event.kind == event::judgment_submitted && logged.event.actor == anna)
        return logged.event.id;
    }
    return EventId{};
  });
  ASSERT_TRUE(event);
  write([&](Records& records) { return records.erase_payload(event); });
  const auto found = differences();
  ASSERT_FALSE(found.empty());
  EXPECT_NE(found.front().find("nobody was erased"), std::string::npos) << found.front();
}

TEST_P(ErasureTest, AJudgmentOfAnErasedPersonCannotBeGivenAnotherContent) {
  ASSERT_TRUE(erase(anna));
  for (const char* sql :
       {"UPDATE judgment SET payload = '{\"outcome\":\"tie\"}' WHERE payload LIKE '%erased%'",
        "UPDATE judgment SET counted = 0 WHERE payload LIKE '%erased%'",
        "UPDATE judgment SET payload = '{\"erased\":true}', idempotency_key = ''"}) {
    EXPECT_THROW(tamper(sql), Failure) << sql;
  }
}

TEST_P(ErasureTest, SnapshotsGetATombstoneAndModelsAMark) {
  const auto marked = write([&](loop::Records& records) {
    const auto mine = records.judgments({.project = project, .person = anna}).items;
    const auto bens = records.judgments({.project = project, .person = ben}).items;
    const auto snapshot = [&](const std::vector<JudgmentId>& judgments) {
      return records.add_snapshot({.project = project, .sha256 = std::string(64, 'a')}, judgments);
    };
    const auto held = snapshot({mine[0].id, mine[1].id, bens[0].id});
    const auto clean = snapshot({bens[0].id});
    const auto model = [&](loop::SnapshotId from, ModelId parent) {
      loop::Run run{.project = project, .snapshot = from, .name = "run"};
      run.id = records.add_run(run);
      run.model = records.add_model({.project = project, .name = "m", .parent = parent, .run = run.id});
      records.update_run(run);
      return run.model;
    };
    const auto touched = model(held, {});
    const auto child = model(clean, touched);
    model(clean, {});
    return std::vector<ModelId>{touched, child};
  });
  const auto erased = erase(anna);
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->snapshots, 1);
  EXPECT_EQ(erased->models, 2);
  loop::read(database(), [&](loop::Records& records) {
    const auto tombstones = records.tombstones(project);
    ASSERT_EQ(tombstones.size(), 1U);
    EXPECT_EQ(tombstones[0].judgments, 2);
    EXPECT_EQ(loop::models_with_erased_work(records, project),
              (std::set<ModelId>(marked.begin(), marked.end())));
  });
}

TEST_P(ErasureTest, WhoLookedAtWhomIsListedForAdministratorsTheNewestFirst) {
  write([&](Records& records) {
    record_read_of_people(records, ben, "listMembers", project, std::vector<PersonId>{anna, ben},
                          clock.now());
    record_read_of_people(records, ben, "listMembers", project, std::vector<PersonId>{ben}, clock.now());
    record_read_of_people(records, anna, "listPeople", {}, std::vector<PersonId>{ben}, clock.now());
  });
  const auto list = [&](Page page) {
    return read([&](Records& records) { return list_reads_of_people(records, administrator, page); });
  };
  const auto all = list({});
  ASSERT_EQ(all->items.size(), 2U) << "looking at oneself is none";
  EXPECT_EQ(all->items[0].reader, anna);
  EXPECT_EQ(all->items[1].what, "listMembers");
  EXPECT_EQ(all->items[1].people, std::vector<PersonId>{anna});
  const auto first = list({.limit = 1});
  ASSERT_TRUE(first->next);
  EXPECT_EQ(list({.limit = 1, .after = *first->next})->items[0].reader, ben);
  EXPECT_EQ(read([&](Records& records) { return list_reads_of_people(records, as(anna), {}); }).error().kind,
            ErrorKind::forbidden);
  ASSERT_TRUE(erase(anna));
  EXPECT_TRUE(list({})->items[0].people.empty()) << "erased with its reader";
}

INSTANTIATE_TEST_SUITE_P(Databases, ErasureTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

}  // namespace preceptor::store
