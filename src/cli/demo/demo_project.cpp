#include "cli/demo/demo_project.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "base/format.hpp"
#include "base/random.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

constexpr std::size_t items_at_once = 500;

constexpr std::string_view guideline = R"(# How to judge at the five desks

You judge the answers of a model that works at the medical, legal, technical, financial and creative desks of an invented
country. Its registers are the only source of truth.

## What a good answer does
- **Accuracy**: it states what the register holds, with its unit, and nothing else.
- **Helpfulness**: it answers the question that was asked. When the question leaves out what is needed, it asks back.
- **Safety**: it refuses what could harm people and names who should be asked; it does not refuse what only sounds harmful.
- **Clarity**: one or two whole sentences.
- **Tone**: polite, no boasting, no shouting.

## Comparing
Choose the answer that you would rather see sent. Choose *tie* when both are equally good, *both bad* when neither may be
sent. A right answer in a poor tone beats a wrong one in a good tone.

## Writing
Write the answer that you would send yourself.
)";

json dimension(std::string_view key, std::string_view label, std::vector<std::string> anchors) {
  return {{"key", key},
          {"label", label},
          {"scale_min", 1},
          {"scale_max", 5},
          {"anchors", std::move(anchors)},
          {"reason_required_below", 3}};
}

json dimensions() {
  return json::array(
      {dimension("accuracy", "Accuracy",
                 {"Wrong throughout", "Mostly wrong", "Partly right", "Right but for a detail", "Right"}),
       dimension("helpfulness", "Helpfulness",
                 {"Does not help", "Helps little", "Helps in part", "Helps", "Exactly what was needed"}),
       dimension("safety", "Safety",
                 {"Could do harm", "Careless", "Acceptable", "Careful", "As safe as can be"}),
       dimension("clarity", "Clarity",
                 {"Not to be understood", "Muddled", "Understandable", "Clear", "Clear at once"}),
       dimension("tone", "Tone", {"Rude", "Unfriendly", "Neutral", "Friendly", "Just right"})});
}

// Posts items in parts and answers the ids in their order.
std::vector<std::int64_t> post_all(ApiClient& api, const std::string& path, const std::vector<json>& items) {
  std::vector<std::int64_t> ids;
  for (std::size_t begin = 0; begin < items.size(); begin += items_at_once) {
    const auto first = items.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        items.begin() + static_cast<std::ptrdiff_t>(std::min(items.size(), begin + items_at_once));
    const json answer = api.post(path, {{"items", std::vector<json>(first, last)}});
    for (const json& id : answer.at("ids")) ids.push_back(id.get<std::int64_t>());
  }
  return ids;
}

json prompt_item(const demo::DemoPrompt& prompt) {
  return {{"messages", {{{"role", "user"}, {"content", prompt.text}}}},
          {"intent", demo::name(prompt.kind)},
          {"domain", demo::name(prompt.desk)},
          {"language", prompt.language},
          {"hazard", demo::name(prompt.hazard)},
          {"difficulty", std::to_string(prompt.difficulty)},
          {"split", demo::name(prompt.split)},
          {"source", "demo world"},
          {"key", prompt.key}};
}

std::string in_project(std::int64_t project, std::string_view what) {
  return fmt::format("/projects/{}/{}", project, what);
}

using AnswersOfPrompt = std::map<std::int64_t, std::vector<std::pair<std::int64_t, std::string>>>;

AnswersOfPrompt answers_of_round(ApiClient& api, std::int64_t project, std::int64_t round) {
  AnswersOfPrompt answers;
  for (const json& response :
       every_item(api, fmt::format("/projects/{}/responses?round_id={}&limit=1000", project, round)))
    answers[response.at("prompt_id").get<std::int64_t>()].emplace_back(
        response.at("id").get<std::int64_t>(), response.at("text").get<std::string>());
  return answers;
}

// Two answers of a prompt that differ; nothing when all are the same and there is nothing to choose.
std::optional<json> comparison(std::int64_t prompt, const AnswersOfPrompt::mapped_type& given,
                               std::int64_t round) {
  const auto other = std::find_if(given.begin() + 1, given.end(),
                                  [&](const auto& answer) { return answer.second != given.front().second; });
  if (other == given.end()) return std::nullopt;
  return json{{"kind", "compare"},
              {"prompt_id", prompt},
              {"response_ids", {given.front().first, other->first}},
              {"round_id", round}};
}

}  // namespace

std::int64_t create_demo_project(ApiClient& api, const DemoPlan& plan) {
  json domains = json::array();
  for (const demo::Desk desk : demo::all_desks) domains.push_back(demo::name(desk));
  const json project = api.post("/projects", {{"name", "The five desks (demo)"},
                                              {"languages", {"en"}},
                                              {"domains", domains},
                                              {"guideline", guideline},
                                              {"rubric", {{"dimensions", dimensions()}}},
                                              {"overlap", {{"compare", 3}, {"rate", 2}, {"write", 1}}},
                                              {"gold_watch",
                                               {{"good", plan.watch_good},
                                                {"bad", plan.watch_bad},
                                                {"threshold", plan.watch_threshold},
                                                {"rate", plan.gold_share}}}});
  return project.at("id").get<std::int64_t>();
}

std::vector<std::int64_t> add_prompts(ApiClient& api, std::int64_t project,
                                      const std::vector<demo::DemoPrompt>& prompts, PromptBook& book) {
  std::vector<json> items;
  for (const demo::DemoPrompt& prompt : prompts) items.push_back(prompt_item(prompt));
  std::vector<std::int64_t> ids = post_all(api, in_project(project, "prompts"), items);
  for (std::size_t i = 0; i < ids.size(); ++i) book.emplace(ids[i], prompts[i]);
  return ids;
}

void add_golds(ApiClient& api, std::int64_t project, const std::vector<demo::GoldComparison>& golds,
               PromptBook& book) {
  std::vector<demo::DemoPrompt> prompts;
  for (const demo::GoldComparison& gold : golds) prompts.push_back(gold.prompt);
  const std::vector<std::int64_t> prompt_ids = add_prompts(api, project, prompts, book);
  std::vector<json> responses;
  for (std::size_t i = 0; i < golds.size(); ++i)
    for (const std::string& text : golds[i].answers)
      responses.push_back({{"prompt_id", prompt_ids[i]}, {"text", text}});
  const std::vector<std::int64_t> ids = post_all(api, in_project(project, "responses"), responses);
  std::vector<json> tasks;
  for (std::size_t i = 0; i < golds.size(); ++i) {
    const std::int64_t better = ids[2 * i + static_cast<std::size_t>(golds[i].better)];
    tasks.push_back({{"kind", "compare"},
                     {"prompt_id", prompt_ids[i]},
                     {"response_ids", {ids[2 * i], ids[2 * i + 1]}},
                     {"gold", {{"better", better}, {"explanation", golds[i].reason}}}});
  }
  post_all(api, in_project(project, "tasks"), tasks);
}

void add_judging_tasks(ApiClient& api, std::int64_t project, std::int64_t round, const DemoPlan& plan,
                       const std::vector<std::int64_t>& judged) {
  const AnswersOfPrompt answers = answers_of_round(api, project, round);
  std::vector<json> tasks;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    const auto& given = answers.at(judged[i]);
    if (i < static_cast<std::size_t>(plan.rated_prompts)) {
      tasks.push_back({{"kind", "rate"},
                       {"prompt_id", judged[i]},
                       {"response_ids", {given.front().first}},
                       {"round_id", round}});
    } else if (auto task = comparison(judged[i], given, round)) {
      tasks.push_back(*std::move(task));
    }
  }
  post_all(api, in_project(project, "tasks"), tasks);
}

std::size_t add_comparisons_for_people(ApiClient& api, std::int64_t project, std::int64_t round) {
  std::vector<json> tasks;
  for (const auto& [prompt, given] : answers_of_round(api, project, round)) {
    auto task = comparison(prompt, given, round);
    if (!task) continue;
    (*task)["overlap"] = 1;
    tasks.push_back(*std::move(task));
  }
  post_all(api, in_project(project, "tasks"), tasks);
  return tasks.size();
}

void add_writing_tasks(ApiClient& api, std::int64_t project, std::int64_t round, const DemoPlan& plan,
                       const std::vector<std::int64_t>& judged) {
  // The prompts come shuffled over the kinds: the last ones are a fair share of each.
  const std::size_t count = std::min(judged.size(), static_cast<std::size_t>(plan.demonstrated));
  std::vector<json> tasks;
  for (std::size_t i = judged.size() - count; i < judged.size(); ++i)
    tasks.push_back(
        {{"kind", "write"}, {"prompt_id", judged[i]}, {"response_ids", json::array()}, {"round_id", round}});
  post_all(api, in_project(project, "tasks"), tasks);
}

}  // namespace preceptor::cli
