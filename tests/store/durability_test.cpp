#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "feedback/verify.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

namespace {

// Judges until it is killed, and writes the id of each judgment to the pipe once it was acknowledged.
[[noreturn]] void judge_for_ever(const std::string& address, ProjectId project,
                                 const std::vector<PersonId>& people, int acknowledgements) {
  const auto database = store::open({.database = address});
  const SystemClock clock;
  std::vector<std::thread> threads;
  for (PersonId person : people) {
    threads.emplace_back([&, person] {
      for (;;) {
        const Actor actor{.person = person};
        const auto next = loop::write(
            *database, [&](Records& records) { return claim_next(records, actor, project, {}, clock); });
        if (!next || !*next) return;
        const auto receipt = loop::write(*database, [&](Records& records) {
          return submit(records, actor,
                        {.task = (*next)->task,
                         .lease_token = (*next)->lease_token,
                         .payload = fitting_payload(**next)},
                        clock);
        });
        if (!receipt) std::_Exit(3);
        const std::int64_t id = receipt->judgment.value;
        if (::write(acknowledgements, &id, sizeof id) != sizeof id) std::_Exit(4);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::_Exit(0);
}

}  // namespace

TEST_P(StoreTest, EveryAcknowledgedJudgmentSurvivesKillNine) {
  make_project();
  std::vector<PersonId> people;
  for (int i = 0; i < 8; ++i) people.push_back(add_member("person" + std::to_string(i)));
  for (int i = 0; i < 200; ++i) add_task({.kind = TaskKind::write, .overlap = 3});
  close();

  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(ends[0]);
    judge_for_ever(address, project, people, ends[1]);
  }
  ::close(ends[1]);
  std::vector<std::int64_t> acknowledged;
  std::int64_t id = 0;
  while (acknowledged.size() < 100 && ::read(ends[0], &id, sizeof id) == sizeof id)
    acknowledged.push_back(id);
  ::kill(child, SIGKILL);
  while (::read(ends[0], &id, sizeof id) == sizeof id) acknowledged.push_back(id);
  ::close(ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with " << WEXITSTATUS(status);
  EXPECT_GE(acknowledged.size(), 100U);

  open();
  for (std::int64_t judgment : acknowledged) {
    EXPECT_TRUE(read([&](Records& records) { return records.judgment(JudgmentId{judgment}); })) << judgment;
  }
  const auto report = read([](Records& records) { return verify_log(records); });
  EXPECT_EQ(report.differences, std::vector<std::string>{});
  EXPECT_GE(report.judgments, static_cast<std::int64_t>(acknowledged.size()));
}

TEST_P(StoreTest, ADatabaseNewerThanTheProgramIsRefused) {
  make_project();
  close();
  tamper(
      "INSERT INTO schema_migration (version, name, sha256, applied_at) VALUES (9999, '9999_future', '', 0)");
  try {
    open();
    FAIL() << "it was opened";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error.kind, ErrorKind::unsupported);
    EXPECT_NE(failure.error.message.find("newer than this program"), std::string::npos)
        << failure.error.message;
    EXPECT_NE(failure.error.message.find("9999_future"), std::string::npos);
    EXPECT_FALSE(failure.error.hint.empty());
  }
  tamper("DELETE FROM schema_migration WHERE version = 9999");
  open();
  EXPECT_TRUE(read([&](Records& records) { return records.project(project); })) << "and nothing was changed";
}

TEST_P(StoreTest, OpeningAgainChangesNothing) {
  make_project();
  add_task({});
  close();
  open();
  EXPECT_EQ(read([&](Records& records) { return records.project_counts(project); }).tasks_open, 1);
  EXPECT_EQ(database().info().schema_version, schema_version());
}

TEST_P(StoreTest, TwoProcessesWorthOfConnectionsShareOneDatabase) {
  make_project();
  const PersonId anna = add_member("anna");
  const PersonId ben = add_member("ben");
  for (int i = 0; i < 20; ++i) add_task({.overlap = 1});
  const auto other = store::open({.database = address});
  const SystemClock system_clock;
  int his = 0;
  std::thread thread([&] {
    for (;;) {
      const auto next = loop::write(
          *other, [&](Records& records) { return claim_next(records, as(ben), project, {}, system_clock); });
      if (!next || !*next) return;
      his += loop::write(*other,
                         [&](Records& records) {
                           return feedback::submit(records, as(ben),
                                                   {.task = (*next)->task,
                                                    .lease_token = (*next)->lease_token,
                                                    .payload = fitting_payload(**next)},
                                                   system_clock);
                         })
                 ? 1
                 : 0;
    }
  });
  clock.set(system_clock.now());
  int hers = 0;
  while (judge(anna)) ++hers;
  thread.join();
  EXPECT_EQ(his + hers, 20);
}

TEST(SqliteStore, AFullDiskRefusesTheWriteAndKeepsWhatWasAcknowledged) {
  const TemporaryFolder folder;
  const std::string address = (folder.path() / "preceptor.db").string();
  const auto add_person = [](Database& database, int i) {
    return loop::write(database, [&](Records& records) {
      return records.add_person({.login = "person" + std::to_string(i), .name = std::string(4000, 'x')},
                                "unusable");
    });
  };
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const auto database = store::open({.database = address});
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t unlimited = limit.rlim_cur;
    limit.rlim_cur = 1 << 20;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int kept = 0;
    try {
      for (; kept < 2000; ++kept) add_person(*database, kept);
      std::_Exit(100);
    } catch (const Failure& failure) {
      if (failure.error.kind != ErrorKind::out_of_space || failure.error.hint.empty()) {
        std::fprintf(stderr, "%s\n", failure.error.text().c_str());
        std::_Exit(101);
      }
    }
    if (kept < 10) std::_Exit(102);
    limit.rlim_cur = unlimited;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 10; ++i) add_person(*database, kept++);  // there is space again
    std::_Exit(kept % 90);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_LT(WEXITSTATUS(status), 100);
  const auto database = store::open({.database = address});
  const auto people =
      loop::read(*database, [](Records& records) { return records.people({.limit = 5000}).items.size(); });
  EXPECT_GE(people, 20U);
  EXPECT_EQ(static_cast<int>(people % 90), WEXITSTATUS(status));
}

TEST(SqliteStore, AFileThatIsNoDatabaseIsRefused) {
  const TemporaryFolder folder;
  const std::string address = (folder.path() / "preceptor.db").string();
  write_file_atomic(address, std::string(8192, 'x'));
  try {
    store::open({.database = address});
    FAIL() << "it was opened";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error.kind, ErrorKind::corrupt) << failure.error.text();
  }
}

TEST(SqliteStore, AMissingFolderIsNamed) {
  try {
    store::open({.database = "/nowhere/at/all/preceptor.db"});
    FAIL() << "it was opened";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error.kind, ErrorKind::unavailable);
    EXPECT_NE(failure.error.message.find("/nowhere/at/all/preceptor.db"), std::string::npos);
  }
}

TEST(SqliteStore, ABackupIsACompleteDatabase) {
  const TemporaryFolder folder;
  const auto database = store::open({.database = (folder.path() / "preceptor.db").string()});
  database->write(
      [](loop::Records& records) { records.add_person({.login = "anna", .name = "Anna"}, "unusable"); });
  const auto copy = folder.path() / "copy.db";
  ASSERT_TRUE(database->backup(copy));
  EXPECT_EQ(database->backup(copy).error().kind, ErrorKind::conflict);
  const auto restored = store::open({.database = copy.string()});
  EXPECT_TRUE(loop::read(*restored, [](Records& records) { return records.credentials("anna"); }));
}

}  // namespace preceptor::store

namespace preceptor::store {

namespace {

// A process that opens the database when it is told to, says how many people it finds, and closes it. It is
// there before this process opens anything: SQLite must not be carried across a fork.
class Visitor {
public:
  explicit Visitor(const std::string& address) {
    if (::pipe(orders_) != 0 || ::pipe(answers_) != 0) std::abort();
    process_ = ::fork();
    if (process_ == 0) visit_when_told(address);
  }
  ~Visitor() {
    ::close(orders_[1]);
    ::close(orders_[0]);
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;

  int people() {
    char order = 0;
    int count = -1;
    if (::write(orders_[1], &order, 1) != 1 || ::read(answers_[0], &count, sizeof count) != sizeof count)
      return -1;
    return count;
  }

private:
  [[noreturn]] void visit_when_told(const std::string& address) {
    for (char order = 0; ::read(orders_[0], &order, 1) == 1;) {
      const auto database = store::open({.database = address});
      const int count = loop::read(*database, [](Records& records) {
        return static_cast<int>(records.people({.limit = 1000}).items.size());
      });
      if (::write(answers_[1], &count, sizeof count) != sizeof count) break;
    }
    std::_Exit(0);
  }

  int orders_[2], answers_[2];
  pid_t process_ = -1;
};

}  // namespace

// Closing a file lets go of every lock that a process has on it, whoever took them.
TEST(SqliteStore, AnotherProcessThatComesAndGoesTakesTheLogAwayFromNobody) {
  const TemporaryFolder folder;
  const std::string address = (folder.path() / "preceptor.db").string();
  Visitor visitor(address);
  const auto database = store::open({.database = address});
  const auto add_person = [&](const std::string& login) {
    loop::write(*database,
                [&](Records& records) { records.add_person({.login = login, .name = login}, "unusable"); });
  };
  add_person("first");
  ASSERT_TRUE(database->backup(folder.path() / "copy.db"));  // one more connection that writes
  EXPECT_EQ(visitor.people(), 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // it closes the database
  add_person("second");
  EXPECT_EQ(visitor.people(), 2);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  add_person("third");
  EXPECT_EQ(visitor.people(), 3);
}

}  // namespace preceptor::store
