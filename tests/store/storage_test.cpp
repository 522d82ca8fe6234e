#include <atomic>
#include <future>
#include <thread>

#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

TEST_P(StoreTest, AFailedCommandTakesNobodyElsesWithIt) {
  std::atomic<int> kept = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 40; ++i) {
    threads.emplace_back([&, i] {
      try {
        database().write([&](loop::Records& records) {
          records.add_person({.login = "person" + std::to_string(i), .name = "P"}, "unusable");
          if (i % 4 == 0) throw std::runtime_error("changed my mind");
        });
        ++kept;
      } catch (const std::runtime_error& problem) {
        EXPECT_STREQ(problem.what(), "changed my mind");
        ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(kept, 30);
  EXPECT_EQ(failed, 10);
  const auto people = read([](Records& records) { return records.people({.limit = 100}); });
  EXPECT_EQ(people.items.size(), 30U);
}

// Commands that wait for one that takes its time end up in one transaction.
TEST_P(StoreTest, CommandsOfOneTransactionAreKeptOnceWhateverBecomesOfTheOthers) {
  std::promise<void> all_wait;
  auto go = all_wait.get_future().share();
  std::vector<std::promise<std::exception_ptr>> told(5);
  const auto post = [&](std::size_t i, std::function<void(loop::Records&)> work) {
    database().post_write(std::move(work),
                          [&told, i](std::exception_ptr problem) { told[i].set_value(problem); });
  };
  const auto add = [](loop::Records& records, const std::string& login) {
    records.add_person({.login = login, .name = "P"}, "unusable");
  };
  post(0, [go](loop::Records&) { go.wait(); });
  post(1, [add](loop::Records& records) { add(records, "first"); });
  post(2, [](loop::Records&) { throw std::runtime_error("before any change"); });
  post(3, [add](loop::Records& records) {
    add(records, "nobody");
    throw std::runtime_error("after a change");
  });
  post(4, [add](loop::Records& records) { add(records, "last"); });
  all_wait.set_value();
  const auto words = [&](std::size_t i) -> std::string {
    const auto problem = told[i].get_future().get();
    if (!problem) return "";
    try {
      std::rethrow_exception(problem);
    } catch (const std::runtime_error& thrown) {
      return thrown.what();
    }
  };
  EXPECT_EQ(words(0), "");
  EXPECT_EQ(words(1), "");
  EXPECT_EQ(words(2), "before any change");
  EXPECT_EQ(words(3), "after a change");
  EXPECT_EQ(words(4), "");
  std::vector<std::string> logins;
  for (const Person& person : read([](Records& records) { return records.people({.limit = 100}); }).items)
    logins.push_back(person.login);
  std::sort(logins.begin(), logins.end());
  EXPECT_EQ(logins, (std::vector<std::string>{"first", "last"}));
}

TEST_P(StoreTest, ARefusalRollsItsCommandBack) {
  const auto refused = write([](Records& records) -> Result<int> {
    records.add_person({.login = "anna", .name = "Anna"}, "unusable");
    return refuse(ErrorKind::forbidden, "no");
  });
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
  EXPECT_FALSE(read([](Records& records) { return records.credentials("anna"); }));
}

TEST_P(StoreTest, APostedCommandReportsOnceItIsDurable) {
  std::promise<std::exception_ptr> good;
  std::promise<std::exception_ptr> bad;
  database().post_write(
      [](loop::Records& records) { records.add_person({.login = "anna", .name = "Anna"}, "unusable"); },
      [&](std::exception_ptr problem) { good.set_value(problem); });
  EXPECT_EQ(good.get_future().get(), nullptr);
  EXPECT_TRUE(read([](Records& records) { return records.credentials("anna"); }));
  database().post_write(
      [](loop::Records& records) { records.add_person({.login = "anna", .name = "Twin"}, "unusable"); },
      [&](std::exception_ptr problem) { bad.set_value(problem); });
  try {
    std::rethrow_exception(bad.get_future().get());
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error.kind, ErrorKind::conflict) << failure.error.text();
  }
}

TEST_P(StoreTest, AReadSeesOneMoment) {
  make_project();
  database().read([&](loop::Records& records) {
    const auto before = records.people({.limit = 100}).items.size();
    std::thread([&] { add_person("late"); }).join();
    EXPECT_EQ(records.people({.limit = 100}).items.size(), before);
  });
  EXPECT_TRUE(read([](Records& records) { return records.credentials("late"); }));
}

TEST_P(StoreTest, AReadCannotWrite) {
  EXPECT_THROW(database().read([](loop::Records& records) {
    records.add_person({.login = "anna", .name = "Anna"}, "unusable");
  }),
               Failure);
  EXPECT_FALSE(read([](Records& records) { return records.credentials("anna"); }));
}

TEST_P(StoreTest, ListsArePagedWithoutGapsOrRepetitions) {
  for (int i = 0; i < 25; ++i) add_person("person" + std::to_string(i));
  std::vector<std::int64_t> seen;
  Page page{.limit = 10};
  for (int pages = 1;; ++pages) {
    const auto people = read([&](Records& records) { return records.people(page); });
    for (const Person& person : people.items) seen.push_back(person.id.value);
    if (!people.next) {
      EXPECT_EQ(pages, 3);
      break;
    }
    page.after = *people.next;
  }
  EXPECT_EQ(seen.size(), 25U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

}  // namespace preceptor::store
