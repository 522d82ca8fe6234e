// A round with a handful of judged comparisons and written answers: what trainings need.
#pragma once

#include "tests/support/loop_test.hpp"

namespace preceptor::cli::tests {

class TrainingTest : public LoopTest {
protected:
  // `count` comparisons, each preferring the first answer, and as many written answers, by one person.
  void judge_some(int count = 6);
  loop::TrainRequest request(loop::Objective, const loop::Snapshot&);
  loop::Model model_of(const Job&);
  nlohmann::json metrics_of(const Job&);
};

}  // namespace preceptor::cli::tests
