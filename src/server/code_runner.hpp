#pragma once
// The sandbox of one server: made when it is first asked for, a few runs at a time, one per person.
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>

#include "evidence/sandbox.hpp"
#include "feedback/ids.hpp"

namespace preceptor::server {

class CodeRunner {
public:
  static constexpr std::size_t runs_max = 4;

  explicit CodeRunner(std::stop_token stopping) : stopping_(std::move(stopping)) {}

  const evidence::Sandbox& sandbox();
  // Refuses with rate_limited when the person has a run under way, or too many others have; else as
  // evidence::Sandbox::run does.
  Result<evidence::CodeResult> run(feedback::PersonId person, evidence::Language language,
                                   std::string_view code);

private:
  bool begin(feedback::PersonId person);
  void end(feedback::PersonId person);

  std::stop_token stopping_;
  std::mutex mutex_;
  std::set<feedback::PersonId> running_;
  std::once_flag once_;
  std::optional<evidence::Sandbox> sandbox_;
};

}  // namespace preceptor::server
