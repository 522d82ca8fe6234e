#include "feedback/review_policy.hpp"

#include <algorithm>

#include "base/hash.hpp"

namespace preceptor::feedback {

bool is_reviewed(const WorkPolicy& policy, TaskKind kind, TaskId task, PersonId person, std::int64_t before) {
  const auto found = policy.review.find(kind);
  if (found == policy.review.end()) return false;
  if (before < found->second.newcomer) return true;
  const double share = std::clamp(found->second.share, review_share_min, 1.0);
  const auto drawn =
      xxh3("review:" + std::to_string(task.value) + ":" + std::to_string(person.value)) >> 11U;  // 53 bits
  return static_cast<double>(drawn) < share * 9007199254740992.0;
}

}  // namespace preceptor::feedback
