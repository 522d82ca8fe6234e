#include "loop/types.hpp"

#include <array>

namespace preceptor::loop {
namespace {

template <class Enum, std::size_t n>
std::string_view name_in(const std::array<std::string_view, n>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

template <class Enum, std::size_t n>
std::optional<Enum> value_in(const std::array<std::string_view, n>& names, std::string_view name) {
  for (std::size_t i = 0; i < n; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

constexpr std::array<std::string_view, 6> job_kinds{"generate", "train",  "evaluate",
                                                    "snapshot", "import", "export"};
constexpr std::array<std::string_view, 5> job_states{"queued", "running", "done", "failed", "cancelled"};
constexpr std::array<std::string_view, 2> round_states{"open", "closed"};
constexpr std::array<std::string_view, 4> run_states{"running", "done", "failed", "cancelled"};
constexpr std::array<std::string_view, 4> evaluation_states{"generating", "judging", "done", "failed"};
constexpr std::array<std::string_view, 5> objectives{"pretrain", "sft", "reward", "dpo", "imported"};
constexpr std::array<std::string_view, 3> betters{"higher", "lower", "none"};

}  // namespace

std::string_view name_of(JobKind value) { return name_in(job_kinds, value); }
std::string_view name_of(JobState value) { return name_in(job_states, value); }
std::string_view name_of(RoundState value) { return name_in(round_states, value); }
std::string_view name_of(RunState value) { return name_in(run_states, value); }
std::string_view name_of(EvaluationState value) { return name_in(evaluation_states, value); }
std::string_view name_of(Objective value) { return name_in(objectives, value); }
std::string_view name_of(Better value) { return name_in(betters, value); }

std::optional<JobKind> job_kind(std::string_view name) { return value_in<JobKind>(job_kinds, name); }
std::optional<JobState> job_state(std::string_view name) { return value_in<JobState>(job_states, name); }
std::optional<RoundState> round_state(std::string_view name) {
  return value_in<RoundState>(round_states, name);
}
std::optional<RunState> run_state(std::string_view name) { return value_in<RunState>(run_states, name); }
std::optional<EvaluationState> evaluation_state(std::string_view name) {
  return value_in<EvaluationState>(evaluation_states, name);
}
std::optional<Objective> objective(std::string_view name) { return value_in<Objective>(objectives, name); }
std::optional<Better> better(std::string_view name) { return value_in<Better>(betters, name); }

}  // namespace preceptor::loop
