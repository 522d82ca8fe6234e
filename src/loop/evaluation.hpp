// A blind comparison of models on prompts that no training touched: what was measured, by whom, with
// intervals.
#pragma once

#include <map>

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"
#include "loop/records.hpp"

namespace preceptor::loop {

using feedback::Actor;

// How an evaluation stands now. Its row keeps what its job left behind: that people have given every blind
// judgment, or that the job ended before the answers were there, follows from the tasks and the job. All that
// is shown of an evaluation goes through here.
EvaluationState state_now(Records&, const Evaluation&);

struct Figure {  // a mean with its interval, NaN without data; n counts prompts
  double value = 0;
  double low = 0;
  double high = 0;
  std::int64_t n = 0;
};

struct EvaluationRow {
  Model model;
  std::map<std::string, Figure> cells;  // column key → figure; absent: not measured for this model
};

// Columns of the program itself: `win_rate` of the model against the baseline by blind judgments (a tie is
// half a win, 95 % interval clustered by prompt), `length` (tokens of the answer), `kl` (per answer, nats,
// against the baseline). Columns from outside come with put_metrics.
struct EvaluationReport {
  Evaluation evaluation;
  std::vector<EvaluationRow> rows;  // baseline first
  std::int64_t blind_wanted = 0;    // blind judgments asked for…
  std::int64_t blind_done = 0;      // …and given
};
Result<EvaluationReport> show_evaluation(Records&, const Actor&, EvaluationId);
// Of one round or, without one, of the project; each with its state now. The caller has asked for the right.
std::vector<Evaluation> evaluations_now(Records&, ProjectId, RoundId);

enum class Change { all, better, worse };
struct TranscriptFilter {
  ModelId model;                // none: all
  Change change = Change::all;  // of the model against the baseline, over the columns that have a direction
  Page page;                    // `after`: prompt id
};
struct TranscriptAnswer {
  Model model;
  feedback::Response response;
  std::map<std::string, double> metrics;
};
struct Transcript {
  feedback::Prompt prompt;
  std::vector<TranscriptAnswer> answers;  // baseline first
};
Result<Listing<Transcript>> list_transcripts(Records&, const Actor&, EvaluationId, const TranscriptFilter&);

struct OutsideMetrics {
  std::string source;  // who measured, shown beside the figures
  std::vector<EvaluationColumn> columns;
  std::vector<MetricValue> values;
};
// Values of an outside program for answers of this evaluation; Right::run_rounds. Sent again, a value
// replaces.
Result<void> put_metrics(Records&, const Actor&, EvaluationId, const OutsideMetrics&, const Clock&);

}  // namespace preceptor::loop
