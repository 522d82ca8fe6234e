// A project with people and tasks, made straight through the rules and not over HTTP, so that only the
// serving is measured; and what the database says afterwards about the judgments that came in.
#pragma once

#include "cli/bench/server/load_plan.hpp"
#include "cli/installation.hpp"

namespace preceptor::cli {

struct CrowdSize {
  int people = 0;
  std::int64_t tasks = 0;
  std::int64_t overlap = 3;
};

struct Crowd {
  feedback::ProjectId project;
  std::int64_t overlap = 0;
  std::vector<LoadPerson> people;  // trainers, each signed in
  LoadPerson administrator;
  std::vector<feedback::TaskId> tasks;
};

// All tasks compare two answers to one prompt.
Crowd make_crowd(Installation&, const CrowdSize&);

struct CrowdCount {
  std::int64_t judgments = 0;
  std::int64_t lost = 0;        // acknowledged and not there
  std::int64_t overserved = 0;  // tasks with more counted judgments than their overlap asks for
};
CrowdCount count_judgments(Installation&, const Crowd&, const std::vector<std::int64_t>& acknowledged);

}  // namespace preceptor::cli
