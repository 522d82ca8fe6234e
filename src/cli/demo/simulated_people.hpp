// The twelve simulated experts at their desks: they sign in, take tasks, and send judgments like anybody
// else.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/demo/api_client.hpp"
#include "demo/experts.hpp"

namespace preceptor::cli {

// What the demo knows of a prompt beyond what the server does.
using PromptBook = std::map<std::int64_t, demo::DemoPrompt>;  // id of the prompt → the prompt

struct WorkDone {
  std::int64_t judgments = 0;
  std::int64_t golds = 0;
};

class SimulatedPeople {
public:
  // Creates an account and a seat as trainer for each expert, then signs each in.
  SimulatedPeople(const demo::World&, const PromptBook&, std::uint64_t seed, const std::string& address,
                  ApiClient& administrator, std::int64_t project);

  // One task each in turn, in a fixed order, so that the same seed gives the same judgments, until nobody
  // gets a task of these kinds any more. `heard` is told now and then how many judgments were sent.
  WorkDone work(const std::vector<std::string>& kinds, const std::function<void(std::int64_t)>& heard);

  const std::vector<demo::ExpertProfile>& profiles() const { return profiles_; }

private:
  struct Seat {
    demo::Expert mind;
    ApiClient api;
    int judgments = 0;
  };

  bool take_one(Seat&, const std::vector<std::string>& kinds, WorkDone&);
  nlohmann::json judge(const Seat&, const nlohmann::json& task, double& seconds) const;

  const PromptBook& prompts_;
  std::uint64_t seed_;
  std::int64_t project_;
  std::vector<demo::ExpertProfile> profiles_;
  std::deque<Seat> seats_;
};

}  // namespace preceptor::cli
