#include <atomic>
#include <thread>

#include "feedback/verify.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

TEST_P(StoreTest, ThirtyPeopleRacingNeverExceedTheOverlap) {
  make_project();
  std::vector<PersonId> people;
  for (int i = 0; i < 30; ++i) people.push_back(add_member("person" + std::to_string(i)));
  std::vector<TaskId> tasks;
  for (int i = 0; i < 50; ++i) tasks.push_back(add_task({.overlap = 3}));

  std::atomic<int> counted = 0;
  std::atomic<int> surplus = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (PersonId person : people) {
    threads.emplace_back([&, person] {
      while (const auto next = claim(person)) {
        const auto receipt = submit(person, *next, fitting_payload(*next));
        if (!receipt) {
          ++refused;
        } else {
          ++(receipt->counted ? counted : surplus);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counted, 150);
  EXPECT_EQ(surplus, 0);
  EXPECT_EQ(refused, 0);
  for (TaskId id : tasks) {
    EXPECT_EQ(task(id).counted, 3);
    EXPECT_EQ(task(id).state, TaskState::done);
  }
  EXPECT_EQ(read([](Records& records) { return verify_log(records).differences; }),
            std::vector<std::string>{});
}

TEST_P(StoreTest, OnePersonOnManyMachinesHoldsOneTask) {
  make_project();
  const PersonId anna = add_member("anna");
  for (int i = 0; i < 10; ++i) add_task({.overlap = 3});
  std::vector<std::optional<Claim>> claims(8);
  std::vector<std::thread> threads;
  for (auto& mine : claims) threads.emplace_back([&] { mine = claim(anna); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : claims) {
    ASSERT_TRUE(mine);
    EXPECT_EQ(mine->task, claims.front()->task);
  }
  std::atomic<int> accepted = 0;
  threads.clear();
  for (const auto& mine : claims) {
    threads.emplace_back([&] { accepted += submit(anna, *mine, fitting_payload(*mine)) ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, 1);
}

}  // namespace preceptor::store
