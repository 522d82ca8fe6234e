#include "server/code_runner.hpp"

namespace preceptor::server {

const evidence::Sandbox& CodeRunner::sandbox() {
  std::call_once(once_, [this] { sandbox_.emplace(); });
  return *sandbox_;
}

bool CodeRunner::begin(feedback::PersonId person) {
  const std::lock_guard lock(mutex_);
  return running_.size() < runs_max && running_.insert(person).second;
}

void CodeRunner::end(feedback::PersonId person) {
  const std::lock_guard lock(mutex_);
  running_.erase(person);
}

Result<evidence::CodeResult> CodeRunner::run(feedback::PersonId person, evidence::Language language,
                                             std::string_view code) {
  if (!begin(person))
    return refuse(ErrorKind::rate_limited, "Code is running already, yours or that of several others",
                  "Wait until it has ended, then run it again");
  struct End {
    CodeRunner& runner;
    feedback::PersonId person;
    ~End() { runner.end(person); }
  } const at_the_end{*this, person};
  return sandbox().run(language, code, stopping_);
}

}  // namespace preceptor::server
