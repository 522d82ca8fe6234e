#include "store/sqlite_log_syncer.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <future>

#include "base/file.hpp"
#include "base/result.hpp"

namespace preceptor::store {
namespace {

using Outcome = std::exception_ptr;

// One command of a batch and what it was told.
struct Asked {
  std::promise<Outcome> told;
  Command command() {
    return {.work = nullptr, .done = [this](Outcome problem) { told.set_value(problem); }};
  }
  Outcome outcome() { return told.get_future().get(); }
};

CommittedBatch batch_of(std::initializer_list<Asked*> asked) {
  CommittedBatch batch;
  for (Asked* one : asked) batch.commands.push_back(one->command());
  batch.problems.resize(batch.commands.size());
  batch.in_log = true;
  return batch;
}

ErrorKind kind_of(const Outcome& outcome) {
  try {
    std::rethrow_exception(outcome);
  } catch (const Failure& failure) {
    return failure.error.kind;
  }
}

TEST(SqliteLogSyncer, TellsEachItsOwnOutcomeOnceTheLogIsOnTheDisk) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "a.db-wal", "frames");
  CommitFigures figures;
  Asked good, bad;
  {
    SqliteLogSyncer syncer(folder.path() / "a.db", figures);
    auto batch = batch_of({&good, &bad});
    batch.problems[1] = std::make_exception_ptr(Failure(ErrorKind::conflict, "no"));
    syncer.push(std::move(batch));
  }
  EXPECT_EQ(good.outcome(), nullptr);
  EXPECT_EQ(kind_of(bad.outcome()), ErrorKind::conflict);
  EXPECT_EQ(figures.now(0).commands, 2);
  EXPECT_EQ(figures.now(0).commits, 1);
}

TEST(SqliteLogSyncer, WhatNeverReachedTheLogIsNotCounted) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "a.db-wal", "frames");
  CommitFigures figures;
  Asked lost;
  {
    SqliteLogSyncer syncer(folder.path() / "a.db", figures);
    auto batch = batch_of({&lost});
    batch.in_log = false;
    batch.problems[0] = std::make_exception_ptr(Failure(ErrorKind::out_of_space, "full"));
    syncer.push(std::move(batch));
  }
  EXPECT_EQ(kind_of(lost.outcome()), ErrorKind::out_of_space);
  EXPECT_EQ(figures.now(0).commands, 0);
  EXPECT_EQ(figures.now(0).commits, 0);
}

// A pipe takes frames and refuses to be flushed, as a disk does that fails.
TEST(SqliteLogSyncer, NothingIsToldAsDurableAfterAFlushHasFailed) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder.path() / "a.db-wal").c_str(), 0600), 0);
  CommitFigures figures;
  SqliteLogSyncer syncer(folder.path() / "a.db", figures);
  EXPECT_NO_THROW(syncer.check());
  Asked first, second;
  syncer.push(batch_of({&first}));
  EXPECT_EQ(kind_of(first.outcome()), ErrorKind::unavailable);
  EXPECT_THROW(syncer.check(), Failure);
  syncer.push(batch_of({&second}));
  EXPECT_EQ(kind_of(second.outcome()), ErrorKind::unavailable);
  EXPECT_EQ(figures.now(0).commits, 0);
}

TEST(SqliteLogSyncer, ADatabaseWithoutALogIsRefused) {
  const TemporaryFolder folder;
  CommitFigures figures;
  EXPECT_THROW(SqliteLogSyncer(folder.path() / "a.db", figures), Failure);
}

}  // namespace
}  // namespace preceptor::store
