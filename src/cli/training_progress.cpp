#include "cli/training_progress.hpp"

#include <unistd.h>

#include <cstdio>

#include "base/format.hpp"

namespace preceptor::cli {

void TrainingProgress::show(const learning::StepReport& report) {
  const auto now = std::chrono::steady_clock::now();
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const auto every = terminal ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10'000);
  const bool last = report.step == report.steps_total;
  if (now - shown_ < every && !last) return;
  shown_ = now;
  fmt::print(stderr, "{}step {} of {}  loss {:.4f}  rate {:.2e}  {:.0f} tokens/s{}",
             terminal ? "\r\033[K" : "", report.step, report.steps_total, report.loss, report.learning_rate,
             report.tokens_per_second, terminal && !last ? "" : "\n");
  std::fflush(stderr);
}

}  // namespace preceptor::cli
