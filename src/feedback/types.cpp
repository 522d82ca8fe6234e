#include "feedback/types.hpp"

#include <array>

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {
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

constexpr std::array<std::string_view, 4> role_names{"trainer", "reviewer", "lead", "owner"};
constexpr std::array<std::string_view, task_kind_count> task_kind_names{
    "compare", "rate",   "write",      "review", "spans", "edit",       "rewrite",
    "flag",    "rubric", "fact_check", "prompt", "chat",  "adjudicate", "appeal"};
constexpr std::array<std::string_view, 2> purpose_names{"training", "evaluation"};
constexpr std::array<std::string_view, 4> split_names{"train", "evaluation", "gold", "brief"};
constexpr std::array<std::string_view, 3> task_state_names{"open", "done", "closed"};
constexpr std::array<std::string_view, 4> slot_state_names{"open", "leased", "done", "withdrawn"};
constexpr std::array<std::string_view, 8> standing_names{"in_review", "accepted", "fixed",  "returned",
                                                         "rejected",  "appealed", "upheld", "reinstated"};
constexpr std::array<std::string_view, 4> token_scope_names{"read", "write", "judge", "model"};

}  // namespace

std::string_view name_of(Role value) { return name_in(role_names, value); }
std::string_view name_of(StandingState value) { return name_in(standing_names, value); }
std::string_view name_of(TaskKind value) { return name_in(task_kind_names, value); }
std::string_view name_of(Purpose value) { return name_in(purpose_names, value); }
std::string_view name_of(Split value) { return name_in(split_names, value); }
std::string_view name_of(TaskState value) { return name_in(task_state_names, value); }
std::string_view name_of(SlotState value) { return name_in(slot_state_names, value); }
std::string_view name_of(TokenScope value) { return name_in(token_scope_names, value); }

template <>
std::optional<Role> from_name(std::string_view name) {
  return value_in<Role>(role_names, name);
}
template <>
std::optional<TaskKind> from_name(std::string_view name) {
  return value_in<TaskKind>(task_kind_names, name);
}
template <>
std::optional<Purpose> from_name(std::string_view name) {
  return value_in<Purpose>(purpose_names, name);
}
template <>
std::optional<Split> from_name(std::string_view name) {
  return value_in<Split>(split_names, name);
}
template <>
std::optional<TaskState> from_name(std::string_view name) {
  return value_in<TaskState>(task_state_names, name);
}
template <>
std::optional<SlotState> from_name(std::string_view name) {
  return value_in<SlotState>(slot_state_names, name);
}
template <>
std::optional<TokenScope> from_name(std::string_view name) {
  return value_in<TokenScope>(token_scope_names, name);
}

template <>
std::optional<StandingState> from_name(std::string_view name) {
  return value_in<StandingState>(standing_names, name);
}

std::int64_t Overlap::of(TaskKind kind) const {
  switch (kind) {
    case TaskKind::compare: return compare;
    case TaskKind::rate: return rate;
    case TaskKind::write: return write;
    default: break;
  }
  const auto wanted = others.find(kind);
  return wanted == others.end() ? kind_of(kind).overlap : wanted->second;
}

}  // namespace preceptor::feedback
