#include "learning/batch_order.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace preceptor::learning {
namespace {

TEST(BatchOrder, EveryEpochTakesEveryExampleOnceInAnOrderOfItsOwn) {
  TrainingOptions options;
  options.batch_examples = 4;
  options.epochs = 2;
  BatchOrder order(std::vector<std::int64_t>(10, 5), options);
  EXPECT_EQ(order.steps_total(), 6);
  std::vector<std::vector<std::size_t>> epochs(2);
  for (int step = 0; step < 6; ++step) {
    const auto batch = order.next();
    EXPECT_EQ(batch.size(), step % 3 == 2 ? 2U : 4U);
    epochs[step / 3].insert(epochs[step / 3].end(), batch.begin(), batch.end());
  }
  for (const auto& epoch : epochs) EXPECT_EQ(std::set<std::size_t>(epoch.begin(), epoch.end()).size(), 10U);
  EXPECT_NE(epochs[0], epochs[1]);
}

TEST(BatchOrder, BatchesOfTokensStayWithinTheirBudgetUnlessOneExampleIsLarger) {
  TrainingOptions options;
  options.batch_tokens = 10;
  options.order = ExampleOrder::as_given;
  BatchOrder order({4, 4, 4, 25, 1, 9, 1}, options);
  EXPECT_EQ(order.next(), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(order.next(), (std::vector<std::size_t>{2}));
  EXPECT_EQ(order.next(), (std::vector<std::size_t>{3}));
  EXPECT_EQ(order.next(), (std::vector<std::size_t>{4, 5}));
  EXPECT_EQ(order.next(), (std::vector<std::size_t>{6}));
  EXPECT_EQ(order.next(), (std::vector<std::size_t>{0, 1})) << "and from the beginning";
  EXPECT_EQ(order.steps_total(), 5);
}

TEST(BatchOrder, GoesOnFromAnyPosition) {
  TrainingOptions options;
  options.batch_examples = 3;
  options.seed = 5;
  BatchOrder whole(std::vector<std::int64_t>(8, 1), options);
  for (int step = 0; step < 4; ++step) whole.next();
  BatchOrder resumed(std::vector<std::int64_t>(8, 1), options);
  resumed.go_to(whole.position());
  for (int step = 0; step < 5; ++step) EXPECT_EQ(resumed.next(), whole.next());
}

}  // namespace
}  // namespace preceptor::learning
