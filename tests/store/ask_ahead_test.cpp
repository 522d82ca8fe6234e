#include "store/postgres_connection.hpp"
#include "store/sqlite_connection.hpp"
#include "tests/store_test.hpp"

namespace preceptor::store {
namespace {

constexpr Statement begin{"test_begin", "BEGIN"};
constexpr Statement insert{"test_insert", "INSERT INTO number (value) VALUES ($1)"};
constexpr Statement count_above{"test_count", "SELECT count(*) FROM number WHERE value > $1"};
constexpr Statement divide{"test_divide", "SELECT 1 / CAST($1 AS bigint)"};

}  // namespace

// The same contract on both databases; on SQLite nothing needs to be asked ahead.
class AskAheadTest : public StoreTest {
protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (is_sqlite()) {
      connection_ = std::make_unique<SqliteConnection>(address, Access::read_write, 5000);
    } else {
      auto connection = std::make_unique<PostgresConnection>(address);
      postgres_ = connection.get();
      connection_ = std::move(connection);
    }
    connection_->run_script("CREATE TEMPORARY TABLE number (value bigint NOT NULL)");
  }
  Connection& connection() { return *connection_; }
  std::int64_t above(std::int64_t value) { return connection().number(count_above, {value}); }
  void start() { postgres_ != nullptr ? postgres_->begin(begin) : connection().run_script("BEGIN"); }
  void end() { postgres_ != nullptr ? postgres_->commit() : connection().run_script("COMMIT"); }

  PostgresConnection* postgres_ = nullptr;  // where it is the database

private:
  std::unique_ptr<Connection> connection_;
};

TEST_P(AskAheadTest, EachAnswerServesItsOwnQuestionOnce) {
  start();
  for (const std::int64_t value : {1, 2, 3}) connection().post(insert, {value});
  connection().ask_ahead([&] {
    above(0);
    above(2);
  });
  EXPECT_EQ(above(2), 1);
  EXPECT_EQ(above(1), 2);  // was not asked ahead
  EXPECT_EQ(above(0), 3);
  connection().post(insert, {std::int64_t{4}});
  EXPECT_EQ(above(0), 4) << "the answer from before must not serve twice";
  end();
  EXPECT_EQ(above(0), 4);
}

TEST_P(AskAheadTest, WhatNobodyTookIsGoneWithItsTransaction) {
  start();
  connection().ask_ahead([&] { above(0); });
  end();
  connection().run(insert, {std::int64_t{1}});
  start();
  EXPECT_EQ(above(0), 1);
  end();
}

TEST_P(AskAheadTest, MoreQuestionsThanTheSocketsHoldAreAnswered) {
  connection().run(insert, {std::int64_t{500}});
  start();
  connection().ask_ahead([&] {
    for (std::int64_t i = 0; i < 1000; ++i) above(i);
  });
  for (std::int64_t i = 0; i < 1000; ++i) ASSERT_EQ(above(i), i < 500 ? 1 : 0) << i;
  end();
}

// SQLite answers a division by zero with null.
TEST_P(AskAheadTest, AFailingQuestionFailsTheTransactionAndNoLaterOne) {
  if (postgres_ == nullptr) {
    EXPECT_EQ(connection().number(divide, {std::int64_t{0}}), 0);
    return;
  }
  start();
  connection().ask_ahead([&] {
    above(0);
    connection().number(divide, {std::int64_t{0}});
    above(1);
  });
  const auto take_all = [&] {
    above(0);
    above(1);
  };
  EXPECT_THROW(take_all(), Failure);
  postgres_->roll_back();
  EXPECT_FALSE(postgres_->is_broken());
  connection().run(insert, {std::int64_t{1}});
  start();
  EXPECT_EQ(above(0), 1);
  end();
}

INSTANTIATE_TEST_SUITE_P(Databases, AskAheadTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         testing::PrintToStringParamName());

}  // namespace preceptor::store
