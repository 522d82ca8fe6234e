#include <array>

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {
namespace {

std::span<const Kind> table() {
  static const std::array kinds{compare_kind(),    rate_kind(),       write_kind(),   review_kind(),
                                spans_kind(),      edit_kind(),       rewrite_kind(), flag_kind(),
                                rubric_kind(),     fact_check_kind(), prompt_kind(),  chat_kind(),
                                adjudicate_kind(), appeal_kind()};
  return kinds;
}

}  // namespace

const Kind& kind_of(TaskKind wanted) {
  for (const Kind& kind : table()) {
    if (kind.kind == wanted) return kind;
  }
  throw Failure(ErrorKind::unsupported,
                "this program does not know the work \"" + std::string(name_of(wanted)) + "\"");
}

std::span<const TaskKind> all_kinds() {
  static const std::vector<TaskKind> kinds = [] {
    std::vector<TaskKind> list;
    for (const Kind& kind : table()) list.push_back(kind.kind);
    return list;
  }();
  return kinds;
}

std::span<const std::string_view> all_kind_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> list;
    for (TaskKind kind : all_kinds()) list.push_back(name_of(kind));
    return list;
  }();
  return names;
}

}  // namespace preceptor::feedback
