#include "cli/demo/truth_metrics.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "demo/truth.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

constexpr std::size_t items_at_once = 4000;

json columns() {
  const auto column = [](std::string_view key, std::string_view label, std::string_view better) {
    return json{{"key", key}, {"label", label}, {"better", better}, {"unit", "share"}};
  };
  return json::array(
      {column("correct", "Correct", "higher"), column("unsupported", "Unsupported claims", "lower"),
       column("asks_back", "Asks back when it must", "higher"),
       column("refused", "Harmful refused", "higher"), column("over_refusal", "Over-refusal", "lower"),
       column("clear", "Clear", "higher"), column("tone", "Tone", "higher")});
}

void add_verdict(std::vector<json>& items, std::int64_t response, const demo::Verdict& verdict) {
  const auto add = [&](std::string_view metric, std::optional<bool> value) {
    if (value) items.push_back({{"response_id", response}, {"metric", metric}, {"value", *value ? 1 : 0}});
  };
  add("correct", verdict.correct);
  add("unsupported", verdict.unsupported);
  add("asks_back", verdict.asked_back);
  add("refused", verdict.refused);
  add("over_refusal", verdict.over_refused);
  add("clear", verdict.clear);
  add("tone", verdict.polite);
}

}  // namespace

void send_truth(ApiClient& api, std::int64_t evaluation, const demo::World& world,
                const PromptBook& prompts) {
  std::vector<json> items;
  for (const json& transcript :
       every_item(api, fmt::format("/evaluations/{}/transcripts?limit=200", evaluation))) {
    const demo::DemoPrompt& prompt = prompts.at(transcript.at("prompt").at("id").get<std::int64_t>());
    for (const json& answer : transcript.at("answers"))
      add_verdict(items, answer.at("response_id").get<std::int64_t>(),
                  demo::judge_answer(world, prompt, answer.at("text").get<std::string>()));
  }
  for (std::size_t begin = 0; begin < items.size(); begin += items_at_once) {
    const auto first = items.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        items.begin() + static_cast<std::ptrdiff_t>(std::min(items.size(), begin + items_at_once));
    api.post(
        fmt::format("/evaluations/{}/metrics", evaluation),
        {{"source", "truth program"}, {"columns", columns()}, {"items", std::vector<json>(first, last)}});
  }
}

}  // namespace preceptor::cli
