#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "feedback/events.hpp"
#include "feedback/verify.hpp"
#include "store/postgres_connection.hpp"
#include "store/restoring.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

namespace {

// An empty place for a restored database: a file that is not there, or a database of its own.
class EmptyPlace {
public:
  EmptyPlace(bool sqlite, const std::string& address) {
    if (sqlite) {
      address_ = (folder_.path() / "restored.db").string();
      return;
    }
    const std::string url = std::getenv("PRECEPTOR_TEST_POSTGRES");
    name_ = "restored_" + std::to_string(::getpid());
    PostgresConnection(url).run_script("CREATE DATABASE " + name_);
    address_ = url.substr(0, url.rfind('/') + 1) + name_ + address.substr(address.find('?'));
  }
  ~EmptyPlace() {
    if (!name_.empty())
      PostgresConnection(std::getenv("PRECEPTOR_TEST_POSTGRES")).run_script("DROP DATABASE " + name_);
  }
  EmptyPlace(const EmptyPlace&) = delete;
  EmptyPlace& operator=(const EmptyPlace&) = delete;

  OpenOptions options() const { return {.database = address_}; }

private:
  TemporaryFolder folder_;
  std::string address_, name_;
};

}  // namespace

TEST_P(StoreTest, ABackupTakenWhilePeopleJudgeIsWholeAndVerifies) {
  make_project();
  std::vector<PersonId> people;
  for (int i = 0; i < 4; ++i) people.push_back(add_member("person" + std::to_string(i)));
  for (int i = 0; i < 60; ++i) add_task({.overlap = 4});
  for (const PersonId person : people) ASSERT_TRUE(judge(person));
  write([&](Records& records) { seal_events(records, clock); });
  const auto root = read([](Records& records) { return records.last_root(); });

  const TemporaryFolder folder;
  const auto copy = folder.path() / "copy";
  std::atomic<bool> copied = false;
  std::vector<std::thread> threads;
  for (const PersonId person : people)
    threads.emplace_back([&, person] {
      while (!copied && judge(person)) {}
    });
  const auto made = database().backup(copy);
  copied = true;
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(made) << made.error().text();

  const EmptyPlace place(is_sqlite(), address);
  const auto restored = restore(copy, place.options());
  ASSERT_TRUE(restored) << restored.error().text();
  {
    const auto database = store::open(place.options());
    const auto report = loop::read(*database, [](loop::Records& records) { return verify_log(records); });
    EXPECT_EQ(report.differences, std::vector<std::string>{});
    EXPECT_GE(report.judgments, 4);
    const auto kept = loop::read(*database, [](loop::Records& records) { return records.last_root(); });
    EXPECT_EQ(kept->root, root->root);
  }
  EXPECT_EQ(restore(copy, place.options()).error().kind, ErrorKind::conflict) << "a restore overwrote";
}

TEST_P(StoreTest, ABackupOfTheOtherDatabaseIsRefused) {
  make_project();
  const TemporaryFolder folder;
  const auto copy = folder.path() / "copy";
  ASSERT_TRUE(database().backup(copy));
  const std::string other =
      is_sqlite() ? "postgresql://nobody@127.0.0.1:1/none" : (folder.path() / "other.db").string();
  EXPECT_EQ(restore(copy, {.database = other}).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(restore(folder.path() / "none", {.database = other}).error().kind, ErrorKind::not_found);
}

}  // namespace preceptor::store
