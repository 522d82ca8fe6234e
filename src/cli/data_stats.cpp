#include "cli/data_stats.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <tuple>

#include "base/format.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;
using Conversation = std::vector<text::Message>;

std::int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::int64_t characters(std::span<const text::Message> messages) {
  std::int64_t sum = 0;
  for (const text::Message& message : messages) sum += characters(message.content);
  return sum;
}

Lengths lengths_of(std::vector<std::int64_t> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
  };
  return {.count = static_cast<std::int64_t>(values.size()),
          .least = values.front(),
          .median = at(0.5),
          .p95 = at(0.95),
          .most = values.back()};
}

PreferenceStats stats_of(const std::vector<learning::ImportedPreference>& rows) {
  PreferenceStats stats;
  std::set<std::string_view> prompts;
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> seen;
  std::vector<std::int64_t> prompt, chosen, rejected;
  std::int64_t longer = 0, unequal = 0;
  for (const auto& row : rows) {
    stats.pairs += 1;
    stats.mean_probability += row.probability;
    prompts.insert(row.origin.prompt);
    prompt.push_back(characters(row.prompt));
    chosen.push_back(characters(row.chosen));
    rejected.push_back(characters(row.rejected));
    unequal += chosen.back() != rejected.back() ? 1 : 0;
    longer += chosen.back() > rejected.back() ? 1 : 0;
    stats.contradictory += seen.contains({row.origin.prompt, row.rejected, row.chosen}) ? 1 : 0;
    stats.repeated += seen.insert({row.origin.prompt, row.chosen, row.rejected}).second ? 0 : 1;
  }
  stats.prompts = static_cast<std::int64_t>(prompts.size());
  if (unequal > 0) stats.chosen_longer_share = static_cast<double>(longer) / static_cast<double>(unequal);
  if (stats.pairs > 0) stats.mean_probability /= static_cast<double>(stats.pairs);
  stats.prompt = lengths_of(std::move(prompt));
  stats.chosen = lengths_of(std::move(chosen));
  stats.rejected = lengths_of(std::move(rejected));
  return stats;
}

// rows with their prompt (what stands before the answer) and answer
template <class Row, class PromptOf, class AnswerOf>
AnswerStats answer_stats(const std::vector<Row>& rows, const PromptOf& prompt_of, const AnswerOf& answer_of) {
  AnswerStats stats;
  std::set<std::string_view> prompts;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  std::vector<std::int64_t> prompt, answer;
  for (const Row& row : rows) {
    stats.rows += 1;
    prompts.insert(row.origin.prompt);
    prompt.push_back(characters(prompt_of(row)));
    answer.push_back(characters(answer_of(row)));
    stats.repeated += seen.insert({row.origin.prompt, answer_of(row)}).second ? 0 : 1;
  }
  stats.prompts = static_cast<std::int64_t>(prompts.size());
  stats.prompt = lengths_of(std::move(prompt));
  stats.answer = lengths_of(std::move(answer));
  return stats;
}

json as_json(const Lengths& lengths) {
  return {{"least", lengths.least}, {"median", lengths.median}, {"p95", lengths.p95}, {"most", lengths.most}};
}

json as_json(const AnswerStats& stats) {
  return {{"rows", stats.rows},
          {"prompts", stats.prompts},
          {"repeated", stats.repeated},
          {"prompt_characters", as_json(stats.prompt)},
          {"answer_characters", as_json(stats.answer)}};
}

std::string line(std::string_view what, const Lengths& lengths) {
  return fmt::format("  {:<18} {:>8} {:>8} {:>8} {:>8}\n", what, lengths.least, lengths.median, lengths.p95,
                     lengths.most);
}

std::string heading(std::string text) {
  return fmt::format("{:<20} {:>8} {:>8} {:>8} {:>8}  characters\n", text, "least", "median", "95 %", "most");
}

std::string as_text(std::string_view name, const AnswerStats& stats) {
  if (stats.rows == 0) return {};
  return fmt::format("{} {} of {} prompts, {} repeated\n", stats.rows, name, stats.prompts, stats.repeated) +
         heading("") + line("prompt", stats.prompt) + line("answer", stats.answer);
}

}  // namespace

DatasetStats stats_of(const learning::ImportedData& data) {
  DatasetStats stats;
  stats.preferences = stats_of(data.preferences);
  stats.demonstrations = answer_stats(
      data.demonstrations,
      [](const learning::ImportedDemonstration& row) {
        return std::span(row.messages).first(row.messages.size() - 1);
      },
      [](const learning::ImportedDemonstration& row) {
        return std::string_view(row.messages.back().content);
      });
  stats.verdicts = answer_stats(
      data.verdicts, [](const learning::ImportedVerdict& row) { return std::span(row.prompt); },
      [](const learning::ImportedVerdict& row) { return std::string_view(row.completion); });
  for (const auto& verdict : data.verdicts) stats.verdicts_good += verdict.good ? 1 : 0;
  std::vector<std::int64_t> lengths;
  for (const auto& row : data.prompts) lengths.push_back(characters(row.messages));
  stats.prompts = lengths_of(std::exchange(lengths, {}));
  for (const auto& row : data.documents) lengths.push_back(characters(row.text));
  stats.documents = lengths_of(std::move(lengths));
  return stats;
}

nlohmann::json as_json(const DatasetStats& stats) {
  json out = json::object();
  if (const PreferenceStats& pairs = stats.preferences; pairs.pairs > 0)
    out["preferences"] = {{"pairs", pairs.pairs},
                          {"prompts", pairs.prompts},
                          {"repeated", pairs.repeated},
                          {"contradictory", pairs.contradictory},
                          {"chosen_longer_share", pairs.chosen_longer_share},
                          {"mean_probability", pairs.mean_probability},
                          {"prompt_characters", as_json(pairs.prompt)},
                          {"chosen_characters", as_json(pairs.chosen)},
                          {"rejected_characters", as_json(pairs.rejected)}};
  if (stats.demonstrations.rows > 0) out["demonstrations"] = as_json(stats.demonstrations);
  if (stats.verdicts.rows > 0) {
    out["verdicts"] = as_json(stats.verdicts);
    out["verdicts"]["good"] = stats.verdicts_good;
  }
  if (stats.prompts.count > 0)
    out["prompts"] = {{"rows", stats.prompts.count}, {"characters", as_json(stats.prompts)}};
  if (stats.documents.count > 0)
    out["documents"] = {{"rows", stats.documents.count}, {"characters", as_json(stats.documents)}};
  return out;
}

std::string as_text(const DatasetStats& stats) {
  std::string text;
  if (const PreferenceStats& pairs = stats.preferences; pairs.pairs > 0)
    text +=
        fmt::format(
            "{} pairs of {} prompts, {} repeated, {} the other way round; the chosen answer is the longer "
            "one in {:.0f} %\n",
            pairs.pairs, pairs.prompts, pairs.repeated, pairs.contradictory,
            100 * pairs.chosen_longer_share) +
        heading("") + line("prompt", pairs.prompt) + line("chosen", pairs.chosen) +
        line("rejected", pairs.rejected);
  text += as_text("demonstrations", stats.demonstrations);
  text += as_text("verdicts", stats.verdicts);
  if (stats.verdicts.rows > 0) text += fmt::format("  {} of them good\n", stats.verdicts_good);
  if (stats.prompts.count > 0)
    text +=
        fmt::format("{} prompts alone\n", stats.prompts.count) + heading("") + line("prompt", stats.prompts);
  if (stats.documents.count > 0)
    text +=
        fmt::format("{} documents\n", stats.documents.count) + heading("") + line("text", stats.documents);
  return text;
}

}  // namespace preceptor::cli
