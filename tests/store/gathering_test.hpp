#pragma once

#include <future>

#include "feedback/verify.hpp"
#include "store/postgres_connection.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {

using namespace feedback;

inline std::string subject_of(PersonId person) { return "person " + std::to_string(person.value); }

inline std::string message_of(const std::exception_ptr& problem) {
  if (!problem) return "";
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception& known) {
    return known.what();
  }
}

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

  // Each asks for the next task, all at once.
  std::vector<std::optional<Claim>> claim_together(const std::vector<PersonId>& people) {
    std::vector<std::optional<Claim>> claims(people.size());
    std::vector<Posted> commands;
    for (std::size_t i = 0; i < people.size(); ++i) {
      const auto claim = [&, i](loop::Records& records) {
        claims[i] = *claim_next(records, as(people[i]), project, {}, clock);
      };
      commands.push_back({claim, {subject_of(people[i])}});
    }
    expect_together(commands);
    return claims;
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

}  // namespace preceptor::store
