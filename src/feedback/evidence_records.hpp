// What people tried out while they judged: code that ran in the sandbox, calculations.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "feedback/ids.hpp"

namespace preceptor::feedback {

struct Evidence {
  EvidenceId id;
  ProjectId project;
  TaskId task;
  PersonId person;
  std::string kind;     // python, cpp, javascript, shell, calculation
  std::string source;   // the code or the expression
  std::string outcome;  // finished, failed, out_of_time, …; see cli/sandbox
  std::int64_t exit_status = 0;
  std::string output, errors;  // what it wrote; cut at a limit
  bool cut = false;
  std::int64_t milliseconds = 0;
  Timestamp created_at;
};

struct EvidenceRecords {
  virtual ~EvidenceRecords() = default;
  virtual EvidenceId add_evidence(const Evidence&) = 0;
  virtual std::vector<Evidence> evidence(TaskId, PersonId) = 0;  // in id order
  virtual std::vector<Evidence> evidence_of(PersonId) = 0;
};

}  // namespace preceptor::feedback
