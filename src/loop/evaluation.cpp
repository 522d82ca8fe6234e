#include "loop/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/format.hpp"
#include "feedback/payload.hpp"
#include "loop/access.hpp"
#include "loop/every_page.hpp"
#include "loop/ledger.hpp"
#include "quality/estimate.hpp"

namespace preceptor::loop {
namespace {

constexpr std::string_view win_rate = "win_rate";

using Observations = std::map<std::pair<ModelId, std::string>, std::vector<quality::Observation>>;

quality::Bounds bounds_of(const EvaluationColumn& column) {
  if (column.unit == "share") return {0, 1};
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return {-infinity, infinity};
}

// A blind vote as the model's share of a win: 1, ½ for a tie and for "both bad", 0.
double share_of_win(const feedback::Task& task, const feedback::Judgment& judgment) {
  const auto payload = feedback::parse_compare(judgment.payload, task.responses);
  if (!payload || payload->outcome != feedback::Outcome::better) return 0.5;
  return payload->better == task.responses.at(1) ? 1 : 0;
}

void add_blind_votes(Records& records, const Evaluation& evaluation, Observations& observations) {
  for (const EvaluationPair& pair : records.evaluation_pairs(evaluation.id)) {
    const auto task = records.task(pair.task);
    if (!task) continue;
    const auto judgments = every_page([&](Page page) {
      return records.judgments({.project = evaluation.project,
                                .task = pair.task,
                                .counted = true,
                                .current_only = true,
                                .page = page});
    });
    for (const feedback::Judgment& judgment : judgments) {
      if (judgment.payload == feedback::erased_payload) continue;
      observations[{pair.model, std::string(win_rate)}].push_back(
          {task->prompt.value, share_of_win(*task, judgment)});
    }
  }
}

void add_metrics(Records& records, const Evaluation& evaluation, Observations& observations) {
  std::map<ResponseId, EvaluationAnswer> answers;
  for (const EvaluationAnswer& answer : records.evaluation_answers(evaluation.id))
    answers[answer.response] = answer;
  for (const MetricValue& value : records.metric_values(evaluation.id)) {
    const auto answer = answers.find(value.response);
    if (answer == answers.end()) continue;
    observations[{answer->second.model, value.metric}].push_back({answer->second.prompt.value, value.value});
  }
}

double direction(const EvaluationColumn& column) {
  return column.better == Better::higher ? 1 : column.better == Better::lower ? -1 : 0;
}

// By how much the answer is better than the baseline's over the columns that have a direction.
double gain(const Evaluation& evaluation, const std::map<std::string, double>& metrics,
            const std::map<std::string, double>& baseline) {
  double sum = 0;
  for (const EvaluationColumn& column : evaluation.columns) {
    const auto mine = metrics.find(column.key);
    const auto theirs = baseline.find(column.key);
    if (mine != metrics.end() && theirs != baseline.end())
      sum += direction(column) * (mine->second - theirs->second);
  }
  return sum;
}

bool wanted(const Evaluation& evaluation, const Transcript& transcript, const TranscriptFilter& filter) {
  if (filter.change == Change::all) return true;
  const auto& baseline = transcript.answers.front().metrics;
  for (std::size_t i = 1; i < transcript.answers.size(); ++i) {
    if (filter.model && transcript.answers[i].model.id != filter.model) continue;
    const double change = gain(evaluation, transcript.answers[i].metrics, baseline);
    if (filter.change == Change::better ? change > 0 : change < 0) return true;
  }
  return false;
}

}  // namespace

EvaluationState state_now(Records& records, const Evaluation& evaluation) {
  if (evaluation.state == EvaluationState::generating) {
    const auto job = evaluation.job ? records.job(evaluation.job) : std::nullopt;
    const bool ended = job && (job->state == JobState::failed || job->state == JobState::cancelled);
    return ended ? EvaluationState::failed : EvaluationState::generating;
  }
  if (evaluation.state == EvaluationState::judging) {
    const BlindCounts blind = records.blind_counts(evaluation.id);
    return blind.done >= blind.wanted ? EvaluationState::done : EvaluationState::judging;
  }
  return evaluation.state;
}

Result<EvaluationReport> show_evaluation(Records& records, const Actor& actor, EvaluationId id) {
  auto evaluation = evaluation_for(records, actor, id, Right::see_results);
  if (!evaluation) return tl::unexpected(evaluation.error());
  EvaluationReport report{.evaluation = *std::move(evaluation)};
  Observations observations;
  const BlindCounts blind = records.blind_counts(id);
  report.blind_wanted = blind.wanted;
  report.blind_done = blind.done;
  report.evaluation.state = state_now(records, report.evaluation);
  add_blind_votes(records, report.evaluation, observations);
  add_metrics(records, report.evaluation, observations);
  for (const ModelId id_of_model : report.evaluation.models) {
    const auto model = records.model(id_of_model);
    if (!model) continue;
    EvaluationRow row{.model = *model};
    for (const EvaluationColumn& column : report.evaluation.columns) {
      const auto found = observations.find({model->id, column.key});
      if (found == observations.end()) continue;
      const auto mean = quality::clustered_mean(found->second, bounds_of(column));
      row.cells[column.key] = {mean.value, mean.low, mean.high, mean.n};
    }
    report.rows.push_back(std::move(row));
  }
  return report;
}

std::vector<Evaluation> evaluations_now(Records& records, ProjectId project, RoundId round) {
  auto evaluations = records.evaluations(project, round);
  for (Evaluation& evaluation : evaluations) evaluation.state = state_now(records, evaluation);
  return evaluations;
}

Result<Listing<Transcript>> list_transcripts(Records& records, const Actor& actor, EvaluationId id,
                                             const TranscriptFilter& filter) {
  const auto evaluation = evaluation_for(records, actor, id, Right::see_results);
  if (!evaluation) return tl::unexpected(evaluation.error());
  std::map<ResponseId, std::map<std::string, double>> metrics;
  for (const MetricValue& value : records.metric_values(id))
    metrics[value.response][value.metric] = value.value;
  std::map<ModelId, Model> models;
  for (const ModelId model : evaluation->models)
    if (auto found = records.model(model)) models[model] = *std::move(found);
  std::map<PromptId, std::map<ModelId, ResponseId>> answers;
  for (const EvaluationAnswer& answer : records.evaluation_answers(id))
    answers[answer.prompt][answer.model] = answer.response;

  Listing<Transcript> listing;
  for (auto place = answers.upper_bound(PromptId{filter.page.after}); place != answers.end(); ++place) {
    Transcript transcript;
    for (const ModelId model : evaluation->models) {
      if (filter.model && model != filter.model && model != evaluation->baseline_model) continue;
      const auto response = place->second.find(model);
      if (response == place->second.end()) continue;
      auto text = records.response(response->second);
      if (text) transcript.answers.push_back({models[model], *std::move(text), metrics[response->second]});
    }
    if (transcript.answers.empty() || !wanted(*evaluation, transcript, filter)) continue;
    if (static_cast<std::int64_t>(listing.items.size()) == filter.page.limit) {
      listing.next = listing.items.back().prompt.id.value;
      break;
    }
    transcript.prompt = records.prompt(place->first).value();
    listing.items.push_back(std::move(transcript));
  }
  return listing;
}

Result<void> put_metrics(Records& records, const Actor& actor, EvaluationId id, const OutsideMetrics& metrics,
                         const Clock& clock) {
  auto evaluation = evaluation_for(records, actor, id, Right::run_rounds);
  if (!evaluation) return tl::unexpected(evaluation.error());
  if (metrics.source.empty())
    return refuse(ErrorKind::invalid, "The source must say who measured.", "", "/source");
  std::set<std::string> keys;
  for (EvaluationColumn column : metrics.columns) {
    if (column.key.empty() || column.label.empty())
      return refuse(ErrorKind::invalid, "A column needs a key and a label.", "", "/columns");
    column.source = metrics.source;
    keys.insert(column.key);
    const auto same = [&](const EvaluationColumn& other) { return other.key == column.key; };
    const auto before = std::find_if(evaluation->columns.begin(), evaluation->columns.end(), same);
    if (before == evaluation->columns.end()) {
      evaluation->columns.push_back(std::move(column));
      continue;
    }
    if (before->source != metrics.source)
      return refuse(ErrorKind::conflict,
                    fmt::format("The column {} is measured by {}.", column.key, before->source),
                    "Choose another key.", "/columns");
    *before = std::move(column);
  }
  std::set<ResponseId> answers;
  for (const EvaluationAnswer& answer : records.evaluation_answers(id)) answers.insert(answer.response);
  for (const MetricValue& value : metrics.values) {
    if (!answers.contains(value.response))
      return refuse(ErrorKind::not_found,
                    fmt::format("Response {} is no answer of this evaluation.", value.response.value));
    if (!keys.contains(value.metric))
      return refuse(ErrorKind::invalid,
                    fmt::format("The metric {} is none of the columns sent.", value.metric));
    if (!std::isfinite(value.value)) return refuse(ErrorKind::invalid, "A value is not a finite number.");
    MetricValue entry = value;
    entry.evaluation = id;
    records.put_metric_value(entry);
  }
  measured(records, *evaluation, actor.person, clock.now());
  return {};
}

}  // namespace preceptor::loop
