// What people see of their own work, and what reviewers and leads see of everybody's.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

struct MyProgress {
  std::int64_t done = 0, done_today = 0, available = 0, drafts = 0, golds = 0, golds_right = 0;
  bool paused = false;
  std::string pause_reason;
};
Result<MyProgress> my_progress(Records&, const Actor&, ProjectId, const Clock&);
Result<Listing<Judgment>> my_judgments(Records&, const Actor&, ProjectId, Page);
Result<Listing<Judgment>> list_judgments(Records&, const Actor&,
                                         const JudgmentFilter&);  // Right::see_all_judgments

struct PersonQuality {
  Person person;
  Membership membership;
};
struct ProjectQuality {
  std::vector<PersonQuality> people;
  std::optional<double>
      krippendorff_alpha;  // nominal, over the newest counted compare judgments; undefined without pairs
  std::int64_t items = 0;  // tasks with two or more judgments
};
Result<ProjectQuality> project_quality(Records&, const Actor&, ProjectId);

}  // namespace preceptor::feedback
