// Evaluations: the table, the transcripts behind it, and figures of outside programs.
#include <algorithm>

#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

namespace preceptor::server {

namespace {

using feedback::Right;
using loop::EvaluationId;
using wire::List;
using wire::Nothing;

// "experts, truth program", in the order of the columns.
std::string sources_of(const std::vector<loop::EvaluationColumn>& columns) {
  std::vector<std::string> seen;
  std::string text;
  for (const auto& column : columns) {
    if (column.source.empty() || std::find(seen.begin(), seen.end(), column.source) != seen.end()) continue;
    seen.push_back(column.source);
    text += (text.empty() ? "" : ", ") + column.source;
  }
  return text;
}

Result<api::Evaluation> show_evaluation(Call& call, loop::Records& records, const Nothing&) {
  auto report = loop::show_evaluation(records, call.actor(), call.id<EvaluationId>(0));
  if (!report) return tl::unexpected(report.error());
  const auto& evaluation = report->evaluation;
  api::Evaluation out;
  out.id = evaluation.id;
  out.round_id = evaluation.round;
  out.baseline_model_id = evaluation.baseline_model;
  out.state = name_of(evaluation.state);
  for (const auto& column : evaluation.columns)
    out.columns.push_back(
        {column.key, column.label, std::string(name_of(column.better)), column.unit, column.source});
  for (const auto& row : report->rows) {
    out.models.push_back({row.model.id, row.model.name});
    api::EvaluationRow to{row.model.id, row.model.name, {}};
    for (const auto& [key, figure] : row.cells)
      to.cells[key] = {figure.value, figure.low, figure.high, figure.n};
    out.rows.push_back(std::move(to));
  }
  out.verdict_source = sources_of(evaluation.columns);
  out.blind_wanted = report->blind_wanted;
  out.blind_done = report->blind_done;
  out.created_at = evaluation.created_at;
  return out;
}

loop::Change change_of(std::string_view name) {
  if (name == "better") return loop::Change::better;
  return name == "worse" ? loop::Change::worse : loop::Change::all;
}

Result<List<api::Transcript>> list_transcripts(Call& call, loop::Records& records,
                                               const api::TranscriptQuery& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  const loop::TranscriptFilter filter{or_none(query.model_id), change_of(query.change), *asked};
  auto found = loop::list_transcripts(records, call.actor(), call.id<EvaluationId>(0), filter);
  if (!found) return tl::unexpected(found.error());
  List<api::Transcript> list;
  for (const auto& transcript : found->items) {
    auto& to = list.items.emplace_back();
    to.prompt = to_api(transcript.prompt);
    for (const auto& answer : transcript.answers)
      to.answers.push_back(
          {answer.response.id, answer.model.id, answer.model.name, answer.response.text, answer.metrics});
  }
  if (found->next) list.next_cursor = cursor_of(*call.route, *found->next);
  return list;
}

Result<api::Accepted> put_metrics(Call& call, loop::Records& records, const api::NewMetrics& input) {
  const auto evaluation = call.id<EvaluationId>(0);
  loop::OutsideMetrics metrics;
  metrics.source = input.source;
  for (const auto& column : input.columns) {
    const auto better = loop::better(column.better);
    if (!better) return refuse(ErrorKind::invalid, "This direction is not known", {}, "/columns");
    metrics.columns.push_back({column.key, column.label, *better, column.unit, input.source});
  }
  for (const auto& item : input.items)
    metrics.values.push_back({evaluation, item.response_id, item.metric, item.value});
  return loop::put_metrics(records, call.actor(), evaluation, metrics, call.clock()).map([&] {
    return api::Accepted{static_cast<std::int64_t>(input.items.size())};
  });
}

}  // namespace

std::vector<Route> evaluation_routes() {
  const auto topic = "evaluations";
  const auto see = Access::member(Right::see_results);
  return {
      read({.method = "GET",
            .path = "/evaluations/{evaluation}",
            .operation = "showEvaluation",
            .summary = "The table of an evaluation, with intervals",
            .topic = topic,
            .access = see},
           show_evaluation),
      read({.method = "GET",
            .path = "/evaluations/{evaluation}/transcripts",
            .operation = "listTranscripts",
            .summary = "What each model answered",
            .topic = topic,
            .access = see},
           list_transcripts),
      write({.method = "POST",
             .path = "/evaluations/{evaluation}/metrics",
             .operation = "putMetrics",
             .summary = "Values that an outside program measured; sent again, they replace",
             .topic = topic,
             .access = Access::member(Right::run_rounds),
             .body_bytes_max = body_bytes_max_import},
            put_metrics),
  };
}

}  // namespace preceptor::server
