#include "tests/store_test.hpp"

#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "store/postgres_connection.hpp"
#include "store/sqlite_connection.hpp"

namespace preceptor::store {

using namespace feedback;

namespace {

const char* postgres_url() { return std::getenv("PRECEPTOR_TEST_POSTGRES"); }

// One schema for the whole run, emptied before each test: making and dropping a hundred relations each time
// costs far more than the tests themselves.
class PostgresSchema {
public:
  PostgresSchema() : name_("test_" + std::to_string(getpid())) {
    PostgresConnection(postgres_url()).run_script("CREATE SCHEMA " + name_);
    store::open({.database = address()});
  }
  ~PostgresSchema() {
    try {
      PostgresConnection(postgres_url()).run_script("DROP SCHEMA " + name_ + " CASCADE");
    } catch (const Failure& failure) {
      std::fprintf(stderr, "the schema %s was left behind: %s\n", name_.c_str(), failure.what());
    }
  }
  PostgresSchema(const PostgresSchema&) = delete;
  PostgresSchema& operator=(const PostgresSchema&) = delete;

  // The server itself is never killed here, so waiting for its disk would test nothing.
  std::string address() const {
    return std::string(postgres_url()) + "?options=-csearch_path%3D" + name_ +
           "%20-csynchronous_commit%3Doff";
  }
  void empty() const {
    // "replica": neither the guards of what stays nor foreign keys.
    PostgresConnection(address()).run_script(R"(SET session_replication_role = replica;
      DO $body$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables
            WHERE schemaname = current_schema() AND tablename <> 'schema_migration' LOOP
          EXECUTE 'DELETE FROM ' || quote_ident(name);
        END LOOP;
        FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() LOOP
          PERFORM setval(quote_ident(name), 1, false);
        END LOOP;
      END $body$)");
  }

private:
  std::string name_;
};

template <class T>
T expect_value(const Result<T>& result) {
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().text());
  return result ? *result : T{};
}

}  // namespace

void PrintTo(Engine engine, std::ostream* out) {
  *out << (engine == Engine::sqlite ? "SQLite" : "PostgreSQL");
}

void StoreTest::SetUp() {
  if (is_sqlite()) {
    address = (folder_.path() / "preceptor.db").string();
  } else {
    ASSERT_NE(postgres_url(), nullptr) << "PRECEPTOR_TEST_POSTGRES is not set. Run ./test store, or "
                                          "scripts/with-postgres before the program.";
    static const PostgresSchema schema;
    schema.empty();
    address = schema.address();
  }
  open();
}

void StoreTest::TearDown() { close(); }

void StoreTest::open() { database_ = store::open({.database = address, .connections_max = 8}); }

void StoreTest::tamper(const std::string& sql) {
  if (is_sqlite()) {
    SqliteConnection(address, Access::read_write, 5000).run_script(sql);
  } else {
    PostgresConnection(address).run_script(sql);
  }
}

void StoreTest::tamper_guarded(const std::string& table, const std::string& trigger, const std::string& sql) {
  if (is_sqlite()) {
    tamper("DROP TRIGGER " + trigger + "; " + sql);
  } else {
    tamper("ALTER TABLE " + table + " DISABLE TRIGGER USER; " + sql + "; ALTER TABLE " + table +
           " ENABLE TRIGGER USER");
  }
}

PersonId StoreTest::add_person(const std::string& login) {
  // A real hash costs a tenth of a second; these people never sign in.
  const PreparedPerson prepared{
      .person = {.login = login, .name = "Person " + login, .created_at = clock.now()},
      .password_hash = "unusable"};
  return expect_value(
             write([&](Records& records) { return create_person_locally(records, prepared, clock); }))
      .id;
}

void StoreTest::make_project(GoldWatchSettings watch) {
  administrator.person = add_person("administrator");
  const NewProject fresh{.name = "Clinic",
                         .languages = {"en"},
                         .domains = {"medical"},
                         .guideline = "# Be exact",
                         .dimensions = {{.key = "accuracy", .label = "Accuracy", .reason_required_below = 3},
                                        {.key = "tone", .label = "Tone", .scale_max = 3}},
                         .gold_watch = watch};
  project = expect_value(write([&](Records& records) {
    return create_project(records, administrator, fresh, clock).map([](const ProjectView& view) {
      return view.project.id;
    });
  }));
}

PersonId StoreTest::add_member(const std::string& login, Role role) {
  const PersonId person = add_person(login);
  expect_value(write([&](Records& records) {
    return set_member(records, administrator, project, person, role, clock).map([](const MemberView& view) {
      return view.membership.role;
    });
  }));
  return person;
}

PromptId StoreTest::add_prompt(Split split) {
  const Prompt prompt{.messages = {{"user", "What is the dose?"}}, .domain = "medical", .split = split};
  const auto ids = expect_value(write([&](Records& records) {
    return add_prompts(records, administrator, project, std::vector{prompt}, clock);
  }));
  return ids.empty() ? PromptId{} : ids.front();
}

std::vector<ResponseId> StoreTest::add_responses(PromptId prompt, int count) {
  std::vector<Response> responses;
  for (int i = 0; i < count; ++i)
    responses.push_back({.prompt = prompt, .text = "Answer " + std::to_string(i)});
  if (responses.empty()) return {};
  return expect_value(write([&](Records& records) {
    return feedback::add_responses(records, administrator, project, responses, clock);
  }));
}

TaskId StoreTest::add_task(const Wanted& wanted) {
  const PromptId prompt = add_prompt(wanted.split);
  const bool one =
      wanted.kind == TaskKind::rate || wanted.kind == TaskKind::flag || wanted.kind == TaskKind::fact_check;
  const int count = wanted.kind == TaskKind::compare ? 2 : one ? 1 : 0;
  Task task{.kind = wanted.kind,
            .prompt = prompt,
            .responses = add_responses(prompt, count),
            .overlap = wanted.overlap,
            .priority = wanted.priority,
            .round = wanted.round};
  if (wanted.gold) task.gold = {.better = task.responses.front(), .explanation = "It names the dose."};
  const auto ids = expect_value(write([&](Records& records) {
    return add_tasks(records, administrator, project, std::vector{task}, clock);
  }));
  return ids.empty() ? TaskId{} : ids.front();
}

std::optional<Claim> StoreTest::claim(PersonId person, std::vector<TaskKind> kinds) {
  return expect_value(
      write([&](Records& records) { return claim_next(records, as(person), project, kinds, clock); }));
}

Result<Receipt> StoreTest::submit(PersonId person, const Claim& claim, const std::string& payload,
                                  const std::string& idempotency_key) {
  return write([&](Records& records) {
    return feedback::submit(records, as(person),
                            {.task = claim.task,
                             .lease_token = claim.lease_token,
                             .payload = payload,
                             .seconds_active = 12.5,
                             .idempotency_key = idempotency_key},
                            clock);
  });
}

Result<Receipt> StoreTest::judge(PersonId person) {
  const auto next = claim(person);
  if (!next) return refuse(ErrorKind::not_found, "nothing is left");
  return submit(person, *next, fitting_payload(*next));
}

Task StoreTest::task(TaskId id) {
  return read([&](Records& records) { return records.task(id); }).value();
}

std::string compare_payload(ResponseId better) {
  return nlohmann::json{
      {"outcome", "better"}, {"better", better.value}, {"strength", "clearly"}, {"reason", ""}}
      .dump();
}

std::string fitting_payload(const Claim& claim) {
  switch (claim.kind) {
    case TaskKind::compare: return compare_payload(claim.responses.front().id);
    case TaskKind::rate: return R"({"scores":{"accuracy":4,"tone":2}})";
    case TaskKind::write: return R"({"text":"Ten milligrams.","note":""})";
    default: break;
  }
  return "{}";
}

INSTANTIATE_TEST_SUITE_P(Databases, StoreTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

}  // namespace preceptor::store
