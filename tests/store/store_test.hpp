// One suite for both databases: TEST_P(StoreTest, …) runs on SQLite and on PostgreSQL, each time on an empty
// one.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/file.hpp"
#include "base/time.hpp"
#include "feedback/accounts.hpp"
#include "feedback/content.hpp"
#include "feedback/projects.hpp"
#include "feedback/submit.hpp"
#include "feedback/work.hpp"
#include "loop/storage.hpp"
#include "store/store.hpp"

namespace preceptor::store {

enum class Engine { sqlite, postgresql };
void PrintTo(Engine, std::ostream*);

class StoreTest : public testing::TestWithParam<Engine> {
protected:
  void SetUp() override;
  void TearDown() override;

  bool is_sqlite() const { return GetParam() == Engine::sqlite; }
  void open();
  void close() { database_.reset(); }
  Database& database() { return *database_; }

  template <class Command>
  auto write(Command&& command) {
    return loop::write(*database_, std::forward<Command>(command));
  }
  template <class Query>
  auto read(Query&& query) {
    return loop::read(*database_, std::forward<Query>(query));
  }
  // Straight into the tables, past every rule: what somebody with the database's password could do.
  void tamper(const std::string& sql);
  // The same on a table whose rows stay: somebody who owns the database switches the guard off, changes a
  // row, and switches it on again.
  void tamper_guarded(const std::string& table, const std::string& trigger, const std::string& sql);

  // A project with two dimensions (accuracy 1…5, reason required below 3; tone 1…3), led by the
  // administrator.
  void make_project(feedback::GoldWatchSettings watch = {.rate = 0});
  feedback::PersonId add_person(const std::string& login);
  feedback::PersonId add_member(const std::string& login, feedback::Role = feedback::Role::trainer);
  feedback::Actor as(feedback::PersonId person) const { return {.person = person}; }
  feedback::PromptId add_prompt(feedback::Split = feedback::Split::train);
  std::vector<feedback::ResponseId> add_responses(feedback::PromptId, int count);
  struct Wanted {
    feedback::TaskKind kind = feedback::TaskKind::compare;
    std::int64_t overlap = 1;
    std::int64_t priority = 0;
    bool gold = false;  // the first response is the right one
    feedback::Split split = feedback::Split::train;
    feedback::RoundId round = {};
  };
  feedback::TaskId add_task(const Wanted&);

  std::optional<feedback::Claim> claim(feedback::PersonId, std::vector<feedback::TaskKind> kinds = {});
  Result<feedback::Receipt> submit(feedback::PersonId, const feedback::Claim&, const std::string& payload,
                                   const std::string& idempotency_key = {});
  Result<feedback::Receipt> judge(feedback::PersonId);  // claims and submits a fitting payload
  feedback::Task task(feedback::TaskId);

  ManualClock clock{Timestamp{1'700'000'000'000'000}};
  feedback::Actor administrator{.person = {}, .administrator = true};
  feedback::ProjectId project;
  std::string address;

private:
  TemporaryFolder folder_;
  std::unique_ptr<Database> database_;
};

std::string compare_payload(feedback::ResponseId better);
std::string fitting_payload(const feedback::Claim&);

}  // namespace preceptor::store
