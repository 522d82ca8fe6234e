#include "loop/snapshot_rows.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/format.hpp"
#include "feedback/adjudication.hpp"
#include "feedback/payload.hpp"
#include "feedback/text_rules.hpp"
#include "loop/every_page.hpp"
#include "quality/pair_votes.hpp"

namespace preceptor::loop {
namespace {

using feedback::Judgment;
using feedback::Task;
using feedback::TaskKind;
using nlohmann::json;

// Preferences nearer to even than this say nothing about which answer is better.
constexpr double even_within = 0.02;

struct JudgedTask {
  Task task;
  std::vector<Judgment> judgments;
};

json messages_of(const feedback::Prompt& prompt) {
  json list = json::array();
  for (const feedback::Message& m : prompt.messages)
    list.push_back({{"role", m.role}, {"content", m.content}});
  return list;
}

class Writer {
public:
  Writer(Records& records, const Round& round, Weighting weighting)
      : records_(records), round_(round), weighting_(weighting) {}

  SnapshotContent content() {
    for (const feedback::Membership& member : records_.members(round_.project))
      members_[member.person] = member;
    std::vector<JudgedTask> tasks = judged_tasks();
    const quality::PairVoteResult votes = aggregate(tasks);
    for (const JudgedTask& judged : tasks) {
      if (judged.task.kind == TaskKind::compare) add_preferences(judged, votes);
      if (judged.task.kind == TaskKind::write) add_demonstrations(judged, votes);
      if (judged.task.kind == TaskKind::rate) add_ratings(judged, votes);
      if (judged.task.kind == TaskKind::edit || judged.task.kind == TaskKind::rewrite)
        add_corrections(judged, votes);
      if (is_annotation(judged.task.kind)) add_annotations(judged);
    }
    content_.guideline_versions.assign(guidelines_.begin(), guidelines_.end());
    content_.rubric_versions.assign(rubrics_.begin(), rubrics_.end());
    return std::move(content_);
  }

private:
  static bool is_annotation(TaskKind kind) {
    return kind == TaskKind::flag || kind == TaskKind::spans || kind == TaskKind::rubric ||
           kind == TaskKind::fact_check || kind == TaskKind::chat;
  }

  std::vector<JudgedTask> judged_tasks() {
    std::map<TaskId, std::vector<Judgment>> by_task;
    for (Judgment& judgment : every_page([&](Page page) {
           return records_.judgments({.project = round_.project,
                                      .round = round_.id,
                                      .purpose = feedback::Purpose::training,
                                      .gold = false,
                                      .counted = true,
                                      .current_only = true,
                                      .page = page});
         })) {
      if (judgment.payload == feedback::erased_payload) {
        content_.left_out["of an erased person"] += 1;
        continue;
      }
      if (weighting_ == Weighting::reliability && members_[judgment.person].paused) {
        content_.left_out["by a paused member"] += 1;
        continue;
      }
      by_task[judgment.task].push_back(std::move(judgment));
    }
    std::vector<JudgedTask> tasks;
    for (auto& [id, judgments] : by_task) {
      if (auto decided = decision_on(id)) judgments = {*std::move(decided)};
      if (auto task = records_.task(id)) tasks.push_back({*std::move(task), std::move(judgments)});
    }
    return tasks;
  }

  // Where somebody settled a disagreement, their word stands in place of all others.
  std::optional<Judgment> decision_on(TaskId task) {
    auto decision = feedback::adjudication_of(records_, task);
    if (!decision || decision->payload == feedback::erased_payload) return std::nullopt;
    decision->payload = json::parse(decision->payload).at("payload").dump();
    return decision;
  }

  static quality::PairVote vote_of(const feedback::PairChoice& pair) {
    if (!pair.better) return quality::PairVote::tie;
    return pair.better == pair.first ? quality::PairVote::first : quality::PairVote::second;
  }

  // A comparison of two is one item under its task's id; of more, each pair is one, under a number below
  // zero.
  std::int64_t item_of(const Task& task, const feedback::PairChoice& pair) {
    if (task.responses.size() == 2) return task.id.value;
    const auto [place, added] = items_.try_emplace({task.id, pair.first, pair.second}, 0);
    if (added) place->second = -static_cast<std::int64_t>(items_.size());
    return place->second;
  }

  static std::vector<feedback::PairChoice> choices_of(const Task& task, const Judgment& judgment) {
    const auto payload = feedback::parse_compare(judgment.payload, task.responses);
    if (!payload) return {};
    return feedback::pair_choices(*payload, task.responses);
  }

  quality::PairVoteResult aggregate(const std::vector<JudgedTask>& tasks) {
    std::vector<quality::Vote> votes;
    for (const JudgedTask& judged : tasks) {
      if (judged.task.kind != TaskKind::compare) continue;
      for (const Judgment& judgment : judged.judgments) {
        for (const auto& pair : choices_of(judged.task, judgment))
          votes.push_back({item_of(judged.task, pair), judgment.person.value, vote_of(pair)});
      }
    }
    if (weighting_ == Weighting::none) return quality::share_of_pair_votes(votes);
    std::map<std::int64_t, quality::GoldRecord> golds;
    for (const auto& [person, member] : members_) golds[person.value] = {member.golds_right, member.golds};
    return quality::aggregate_pair_votes(votes, golds, {});
  }

  // Once, however many rows it gives.
  void enter(const JudgedTask& judged, const Judgment& judgment) {
    if (!entered_.insert(judgment.id).second) return;
    content_.judgments.push_back(judgment.id);
    content_.people[pseudonym(judgment.person)] += 1;
    guidelines_.insert(judged.task.guideline_version);
    rubrics_.insert(judged.task.rubric_version);
  }

  // By first appearance, so that it says nothing outside this snapshot.
  std::string pseudonym(PersonId person) {
    const auto [place, added] = pseudonyms_.try_emplace(person);
    if (added) place->second = fmt::format("annotator-{:03}", pseudonyms_.size());
    return place->second;
  }

  void add_preferences(const JudgedTask& judged, const quality::PairVoteResult& votes) {
    std::map<std::int64_t, feedback::PairChoice> pairs;
    for (const Judgment& judgment : judged.judgments) {
      for (const auto& pair : choices_of(judged.task, judgment)) pairs[item_of(judged.task, pair)] = pair;
    }
    for (const auto& [item, pair] : pairs) add_preference(judged, pair, votes.first_is_better.at(item));
  }

  void add_preference(const JudgedTask& judged, const feedback::PairChoice& pair, double first) {
    if (std::abs(first - 0.5) < even_within) {
      content_.left_out["no preference in a comparison"] +=
          static_cast<std::int64_t>(judged.judgments.size());
      return;
    }
    const auto prompt = records_.prompt(judged.task.prompt);
    const auto a = records_.response(pair.first);
    const auto b = records_.response(pair.second);
    if (!prompt || !a || !b) return;
    if (feedback::is_blank(a->text) || feedback::is_blank(b->text)) {
      content_.left_out["an answer without words"] += static_cast<std::int64_t>(judged.judgments.size());
      return;
    }
    if (a->text == b->text) {
      content_.left_out["the same answer twice"] += static_cast<std::int64_t>(judged.judgments.size());
      return;
    }
    json ids = json::array();
    for (const Judgment& judgment : judged.judgments) {
      ids.push_back(judgment.id.value);
      enter(judged, judgment);
    }
    const bool first_chosen = first > 0.5;
    content_.files["preferences.jsonl"].push_back(json{
        {"prompt", messages_of(*prompt)},
        {"chosen", first_chosen ? a->text : b->text},
        {"rejected", first_chosen ? b->text : a->text},
        {"probability", first_chosen ? first : 1 - first},
        {"weight", 1.0},
        {"task", judged.task.id.value},
        {"judgments", ids}}.dump());
  }

  double reliability(PersonId person, const quality::PairVoteResult& votes) const {
    if (weighting_ == Weighting::none) return 1;
    const auto found = votes.reliability.find(person.value);
    return found == votes.reliability.end() ? quality::PairVoteOptions{}.prior_right : found->second;
  }

  // A text of a person's hand, as what the model should have answered.
  void show(const JudgedTask& judged, const Judgment& judgment, const feedback::Prompt& prompt,
            const std::string& text, double weight) {
    json messages = messages_of(prompt);
    messages.push_back({{"role", "assistant"}, {"content", text}});
    enter(judged, judgment);
    content_.files["demonstrations.jsonl"].push_back(json{
        {"messages", messages},
        {"weight", weight},
        {"task", judged.task.id.value},
        {"judgment", judgment.id.value},
        {"annotator", pseudonym(judgment.person)}}.dump());
  }

  void add_demonstrations(const JudgedTask& judged, const quality::PairVoteResult& votes) {
    const auto prompt = records_.prompt(judged.task.prompt);
    if (!prompt) return;
    for (const Judgment& judgment : judged.judgments) {
      const auto payload = feedback::parse_write(judgment.payload);
      const double weight = 2 * reliability(judgment.person, votes) - 1;
      if (!payload || weight <= 0) {
        content_.left_out["demonstration of an author no better than chance"] += 1;
        continue;
      }
      show(judged, judgment, *prompt, payload->text, weight);
    }
  }

  // What a person put right: the new text is shown to the model, and preferred to the old one.
  void add_corrections(const JudgedTask& judged, const quality::PairVoteResult& votes) {
    const auto prompt = records_.prompt(judged.task.prompt);
    const auto response = records_.response(judged.task.responses.at(0));
    if (!prompt || !response) return;
    for (const Judgment& judgment : judged.judgments) {
      const std::string text = json::parse(judgment.payload).at("text");
      const double weight = 2 * reliability(judgment.person, votes) - 1;
      if (weight <= 0) {
        content_.left_out["correction by an author no better than chance"] += 1;
        continue;
      }
      show(judged, judgment, *prompt, text, weight);
      if (text == response->text || feedback::is_blank(response->text)) continue;
      content_.files["preferences.jsonl"].push_back(json{
          {"prompt", messages_of(*prompt)},
          {"chosen", text},
          {"rejected", response->text},
          {"probability", (1 + weight) / 2},
          {"weight", 1.0},
          {"task", judged.task.id.value},
          {"judgments", {judgment.id.value}}}.dump());
    }
  }

  // What people said about an answer, or about a conversation, as they said it.
  void add_annotations(const JudgedTask& judged) {
    const auto prompt = records_.prompt(judged.task.prompt);
    if (!prompt) return;
    const auto response =
        judged.task.responses.empty() ? std::nullopt : records_.response(judged.task.responses.front());
    for (const Judgment& judgment : judged.judgments) {
      json row{{"kind", name_of(judged.task.kind)},
               {"prompt", messages_of(*prompt)},
               {"response", response ? json(response->text) : json(nullptr)},
               {"payload", json::parse(judgment.payload)},
               {"task", judged.task.id.value},
               {"judgment", judgment.id.value},
               {"annotator", pseudonym(judgment.person)}};
      if (judged.task.kind == TaskKind::chat) row["conversation"] = conversation_of(judgment);
      enter(judged, judgment);
      content_.files["annotations.jsonl"].push_back(row.dump());
    }
  }

  // The last exchange holds all before it.
  json conversation_of(const Judgment& judgment) {
    json said = json::array();
    const json turns = json::parse(judgment.payload).at("turns");
    const auto last = records_.exchange({turns.back().at("exchange_id").get<std::int64_t>()});
    if (!last) return said;
    for (const feedback::Message& m : last->messages)
      said.push_back({{"role", m.role}, {"content", m.content}});
    said.push_back({{"role", "assistant"}, {"content", last->reply}});
    return said;
  }

  void add_ratings(const JudgedTask& judged, const quality::PairVoteResult& votes) {
    const auto prompt = records_.prompt(judged.task.prompt);
    const auto response = records_.response(judged.task.responses.at(0));
    const auto rubric = records_.rubric(round_.project, judged.task.rubric_version);
    if (!prompt || !response || !rubric) return;
    std::map<std::string, double> sums;
    std::map<std::string, double> weights;
    json ids = json::array();
    for (const Judgment& judgment : judged.judgments) {
      const auto payload = feedback::parse_rate(judgment.payload, *rubric, judged.task.responses);
      if (!payload) continue;
      const double weight = std::max(0.05, 2 * reliability(judgment.person, votes) - 1);
      for (const auto& [dimension, score] : payload->scores) {
        sums[dimension] += weight * static_cast<double>(score);
        weights[dimension] += weight;
      }
      ids.push_back(judgment.id.value);
      enter(judged, judgment);
    }
    for (auto& [dimension, sum] : sums) sum /= weights[dimension];
    content_.files["ratings.jsonl"].push_back(json{
        {"prompt", messages_of(*prompt)},
        {"response", response->text},
        {"scores", sums},
        {"task", judged.task.id.value},
        {"judgments", ids}}.dump());
  }

  Records& records_;
  const Round& round_;
  Weighting weighting_;
  SnapshotContent content_;
  std::map<PersonId, feedback::Membership> members_;
  std::map<PersonId, std::string> pseudonyms_;
  std::map<std::tuple<TaskId, feedback::ResponseId, feedback::ResponseId>, std::int64_t> items_;
  std::set<feedback::JudgmentId> entered_;
  std::set<std::int64_t> guidelines_;
  std::set<std::int64_t> rubrics_;
};

}  // namespace

SnapshotContent snapshot_content(Records& records, const Round& round, Weighting weighting) {
  return Writer(records, round, weighting).content();
}

}  // namespace preceptor::loop
