// Rubric versions that have been read: they never change. One per database, safe from any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "store/names.hpp"

namespace preceptor::store {

class RubricMemory {
public:
  std::optional<RubricVersion> find(ProjectId project, std::int64_t version) const {
    const std::lock_guard lock(mutex_);
    const auto found = rubrics_.find({project.value, version});
    if (found == rubrics_.end()) return std::nullopt;
    return found->second;
  }
  void keep(const RubricVersion& rubric) {
    const std::lock_guard lock(mutex_);
    if (rubrics_.size() >= rubrics_max) rubrics_.clear();
    rubrics_.emplace(std::pair(rubric.project.value, rubric.version), rubric);
  }

private:
  static constexpr std::size_t rubrics_max = 1000;
  mutable std::mutex mutex_;
  std::map<std::pair<std::int64_t, std::int64_t>, RubricVersion> rubrics_;
};

}  // namespace preceptor::store
