#include "cli/demo/simulated_people.hpp"

#include <cstdlib>

#include "base/format.hpp"
#include "base/password.hpp"
#include "base/result.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

json flags_of(const std::vector<demo::Flag>& flags, std::int64_t response) {
  json list = json::array();
  for (const demo::Flag flag : flags) list.push_back({{"response_id", response}, {"flag", demo::name(flag)}});
  return list;
}

json compare(const demo::Expert& mind, const demo::DemoPrompt& prompt, const json& responses, int before,
             Random& random, double& seconds) {
  const std::string first = responses.at(0).at("text");
  const std::string second = responses.at(1).at("text");
  const std::int64_t ids[] = {responses.at(0).at("id"), responses.at(1).at("id")};
  const demo::Comparison comparison = mind.compare(prompt, first, second, before, random);
  seconds = comparison.seconds;
  json flags = flags_of(comparison.flags[0], ids[0]);
  for (json& flag : flags_of(comparison.flags[1], ids[1])) flags.push_back(std::move(flag));
  json payload = {
      {"reason", comparison.reason}, {"flags", std::move(flags)}, {"better", nullptr}, {"strength", nullptr}};
  switch (comparison.choice) {
    case demo::Choice::tie: payload["outcome"] = "tie"; return payload;
    case demo::Choice::both_bad: payload["outcome"] = "both_bad"; return payload;
    case demo::Choice::first: payload["better"] = ids[0]; break;
    case demo::Choice::second: payload["better"] = ids[1]; break;
  }
  payload["outcome"] = "better";
  payload["strength"] = std::abs(comparison.strength) >= 2 ? "much" : "slightly";
  return payload;
}

json rate(const demo::Expert& mind, const demo::DemoPrompt& prompt, const json& responses, int before,
          Random& random, double& seconds) {
  const demo::Rating rating =
      mind.rate(prompt, responses.at(0).at("text").get<std::string>(), before, random);
  seconds = rating.seconds;
  json scores = json::object();
  json reasons = json::object();
  for (const demo::Dimension dimension : demo::all_dimensions) {
    const auto place = static_cast<std::size_t>(dimension);
    const std::string key(demo::name(dimension));
    scores[key] = rating.scores[place];
    if (!rating.reasons[place].empty()) {
      reasons[key] = rating.reasons[place];
    } else if (rating.scores[place] < 3) {
      reasons[key] = rating.reason;
    }
  }
  return {
      {"scores", scores}, {"reasons", reasons}, {"flags", flags_of(rating.flags, responses.at(0).at("id"))}};
}

json write_answer(const demo::Expert& mind, const demo::DemoPrompt& prompt, int before, Random& random,
                  double& seconds) {
  const demo::Writing writing = mind.write(prompt, before, random);
  seconds = writing.seconds;
  return {{"text", writing.text}, {"note", ""}};
}

// What is drawn depends on who judges what, never on when.
std::string occasion(const demo::ExpertProfile& profile, const json& task, const demo::DemoPrompt& prompt) {
  std::string texts;
  for (const json& response : task.at("responses")) texts += response.at("text").get<std::string>() + '\n';
  return fmt::format("{}/{}/{}/{}", profile.handle, task.at("kind").get<std::string>(), prompt.key, texts);
}

}  // namespace

SimulatedPeople::SimulatedPeople(const demo::World& world, const PromptBook& prompts, std::uint64_t seed,
                                 const std::string& address, ApiClient& administrator, std::int64_t project)
    : prompts_(prompts), seed_(seed), project_(project), profiles_(demo::experts(seed)) {
  for (const demo::ExpertProfile& profile : profiles_) {
    const std::string password = random_token();
    const json person = administrator.post("/people", {{"login", profile.handle},
                                                       {"name", profile.name + " (simulated)"},
                                                       {"password", password},
                                                       {"simulated", true}});
    administrator.put(fmt::format("/projects/{}/members/{}", project, person.at("id").get<std::int64_t>()),
                      {{"role", "trainer"}});
    seats_.push_back(Seat{demo::Expert(world, profile), ApiClient(address)});
    seats_.back().api.sign_in(profile.handle, password);
  }
}

json SimulatedPeople::judge(const Seat& seat, const json& task, double& seconds) const {
  const demo::DemoPrompt& prompt = prompts_.at(task.at("prompt").at("id").get<std::int64_t>());
  Random random = Random(seed_).fork(occasion(seat.mind.profile(), task, prompt));
  const std::string kind = task.at("kind");
  if (kind == "compare")
    return compare(seat.mind, prompt, task.at("responses"), seat.judgments, random, seconds);
  if (kind == "rate") return rate(seat.mind, prompt, task.at("responses"), seat.judgments, random, seconds);
  return write_answer(seat.mind, prompt, seat.judgments, random, seconds);
}

bool SimulatedPeople::take_one(Seat& seat, const std::vector<std::string>& kinds, WorkDone& done) {
  const ApiAnswer next =
      seat.api.try_post(fmt::format("/projects/{}/tasks/next", project_), {{"kinds", kinds}});
  if (next.status == 204 || next.status == 403) return false;  // nothing left, or paused by the gold watch
  if (next.status != 200)
    throw Failure(ErrorKind::unavailable,
                  fmt::format("tasks/next answered {}: {}", next.status, next.body.dump()));
  const json& task = next.body.at("task");
  double seconds = 0;
  const json payload = judge(seat, task, seconds);
  const auto id = task.at("id").get<std::int64_t>();
  const json receipt = seat.api.post(
      fmt::format("/tasks/{}/judgments", id),
      {{"lease_token", next.body.at("lease").at("token")}, {"payload", payload}, {"seconds_active", seconds}},
      fmt::format("demo-{}-{}", seat.mind.profile().handle, id));
  seat.judgments += 1;
  done.judgments += 1;
  if (!receipt.at("gold").is_null()) done.golds += 1;
  return true;
}

WorkDone SimulatedPeople::work(const std::vector<std::string>& kinds,
                               const std::function<void(std::int64_t)>& heard) {
  WorkDone done;
  bool anybody = true;
  while (anybody) {
    anybody = false;
    for (Seat& seat : seats_) anybody = take_one(seat, kinds, done) || anybody;
    heard(done.judgments);
  }
  return done;
}

}  // namespace preceptor::cli
