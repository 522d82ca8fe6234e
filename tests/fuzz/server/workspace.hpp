#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "loop/storage.hpp"
#include "server/context.hpp"
#include "store/store.hpp"

namespace preceptor::fuzz {

// A database with a bit of everything, all ids counted from 1: people 1 administrator, 2 owner, 3 trainer, 4
// in no project; project 1; prompts 1 (train) and 2 (evaluation) with responses 1, 2 and 3, 4; tasks 1
// compare, 2 rate, 3 write, 4 compare with a gold answer; round 1, models 1 and 2, snapshot 1, run 1, job 1,
// evaluation 1.
class Workspace {
public:
  Workspace();

  loop::Storage& storage() { return *database_; }
  server::Context& context() { return *context_; }
  // Nobody when there is no such person.
  feedback::Authenticated person(std::string_view login);

private:
  std::unique_ptr<store::Database> database_;
  ManualClock clock_{Timestamp{1'700'000'000'000'000}};
  std::unique_ptr<server::Context> context_;
};

}  // namespace preceptor::fuzz
