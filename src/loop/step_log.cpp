#include "loop/step_log.hpp"

#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "base/log.hpp"

namespace preceptor::loop {
namespace {

constexpr std::chrono::milliseconds written_every{500};

}  // namespace

std::string step_metrics(const learning::StepReport& report) {
  nlohmann::json metrics = report.metrics;
  metrics["loss"] = report.loss;
  metrics["learning_rate"] = report.learning_rate;
  metrics["gradient_norm"] = report.gradient_norm;
  metrics["tokens_per_second"] = report.tokens_per_second;
  return metrics.dump();
}

void StepLog::add(const learning::StepReport& report) {
  waiting_.push_back({report.step, step_metrics(report)});
  context_.progress(static_cast<double>(report.step) / static_cast<double>(report.steps_total),
                    fmt::format("Step {} of {}, loss {:.4f}", report.step, report.steps_total, report.loss));
  const bool before_checkpoint = checkpoint_every_steps_ > 0 && report.step % checkpoint_every_steps_ == 0;
  if (before_checkpoint || std::chrono::steady_clock::now() - written_ >= written_every) flush();
}

void StepLog::flush() {
  if (waiting_.empty()) return;
  context_.storage.write([&](Records& records) {
    held_job(records, context_.job);
    for (const RunStep& step : waiting_) records.put_run_step(run_, step);
  });
  waiting_.clear();
  written_ = std::chrono::steady_clock::now();
}

void StepLog::flush_if_possible() noexcept {
  try {
    flush();
  } catch (const std::exception& problem) {
    log_warning("The last steps of job {} could not be written: {}", context_.job.id.value, problem.what());
  }
}

}  // namespace preceptor::loop
