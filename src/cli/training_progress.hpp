// Training on a terminal: one line that is written over, or plain lines where there is no terminal.
#pragma once

#include <chrono>

#include "learning/training.hpp"

namespace preceptor::cli {

class TrainingProgress {
public:
  void show(const learning::StepReport&);

private:
  std::chrono::steady_clock::time_point shown_{};
};

}  // namespace preceptor::cli
