#include "server/api/models.hpp"

#include "server/api/session.hpp"

namespace preceptor::server::api {

namespace {
const Words directions = {"higher", "lower", "none"};
}

void Model::describe(wire::Description<Model>& is) {
  is.named("Model");
  is.field("id", &Model::id);
  is.field("name", &Model::name);
  is.field("project_id", &Model::project_id);
  is.field("parent_id", &Model::parent_id);
  is.field("run_id", &Model::run_id);
  is.field("sha256", &Model::sha256, {.about = "Of model.safetensors."});
  is.field("objective", &Model::objective, {.choices = objective_choices});
  is.field("parameters", &Model::parameters);
  is.field("created_at", &Model::created_at);
  is.field("current", &Model::current);
}

void NewPromotion::describe(wire::Description<NewPromotion>& is) {
  is.named("NewPromotion");
  is.field("model_id", &NewPromotion::model_id);
  is.optional("evaluation_id", &NewPromotion::evaluation_id, {.about = "The evidence."});
  is.field("note", &NewPromotion::note,
           {.length_min = 1, .length_max = 10'000, .about = "Why, in the promoter's words."});
}

void Promotion::describe(wire::Description<Promotion>& is) {
  is.named("Promotion");
  is.field("id", &Promotion::id);
  is.field("model_id", &Promotion::model_id);
  is.field("model_name", &Promotion::model_name);
  is.field("replaced_model_id", &Promotion::replaced_model_id);
  is.field("evaluation_id", &Promotion::evaluation_id);
  is.field("person_id", &Promotion::person_id);
  is.field("person_name", &Promotion::person_name);
  is.field("note", &Promotion::note);
  is.field("created_at", &Promotion::created_at);
}

void NewColumn::describe(wire::Description<NewColumn>& is) {
  is.named("NewColumn");
  is.field("key", &NewColumn::key, {.length_min = 1, .length_max = 100});
  is.field("label", &NewColumn::label, {.length_min = 1, .length_max = 200});
  is.field("better", &NewColumn::better, {.choices = directions});
  is.optional("unit", &NewColumn::unit, {.length_max = 40});
}

void Column::describe(wire::Description<Column>& is) {
  is.named("Column");
  is.field("key", &Column::key);
  is.field("label", &Column::label);
  is.field("better", &Column::better, {.choices = directions});
  is.field("unit", &Column::unit);
  is.field("source", &Column::source, {.about = "Who measured."});
}

void Cell::describe(wire::Description<Cell>& is) {
  is.named("Cell");
  is.field("value", &Cell::value);
  is.field("low", &Cell::low,
           {.about = "Ends of the 95 % interval, clustered by prompt; null when undefined."});
  is.field("high", &Cell::high);
  is.field("n", &Cell::n);
}

void EvaluationRow::describe(wire::Description<EvaluationRow>& is) {
  is.named("EvaluationRow");
  is.field("model_id", &EvaluationRow::model_id);
  is.field("name", &EvaluationRow::name);
  is.field("cells", &EvaluationRow::cells, {.about = "By the column's key."});
}

void NamedModel::describe(wire::Description<NamedModel>& is) {
  is.named("NamedModel");
  is.field("id", &NamedModel::id);
  is.field("name", &NamedModel::name);
}

void Evaluation::describe(wire::Description<Evaluation>& is) {
  is.named("Evaluation");
  is.field("id", &Evaluation::id);
  is.field("round_id", &Evaluation::round_id);
  is.field("baseline_model_id", &Evaluation::baseline_model_id);
  is.field("models", &Evaluation::models);
  is.field("state", &Evaluation::state, {.choices = evaluation_state_choices});
  is.field("columns", &Evaluation::columns);
  is.field("rows", &Evaluation::rows);
  is.field("verdict_source", &Evaluation::verdict_source, {.about = "Who measured the columns, in words."});
  is.field("blind_wanted", &Evaluation::blind_wanted, {.about = "Blind judgments asked for."});
  is.field("blind_done", &Evaluation::blind_done);
  is.field("created_at", &Evaluation::created_at);
}

void TranscriptQuery::describe(wire::Description<TranscriptQuery>& is) {
  static const Words changes = {"all", "better", "worse"};
  is.optional("model_id", &TranscriptQuery::model_id);
  is.optional("change", &TranscriptQuery::change, {.choices = changes, .about = "Against the baseline."});
  describe_page(is);
}

void TranscriptAnswer::describe(wire::Description<TranscriptAnswer>& is) {
  is.named("TranscriptAnswer");
  is.field("response_id", &TranscriptAnswer::response_id);
  is.field("model_id", &TranscriptAnswer::model_id);
  is.field("name", &TranscriptAnswer::name);
  is.field("text", &TranscriptAnswer::text);
  is.field("metrics", &TranscriptAnswer::metrics);
}

void Transcript::describe(wire::Description<Transcript>& is) {
  is.named("Transcript");
  is.field("prompt", &Transcript::prompt);
  is.field("answers", &Transcript::answers);
}

void MetricValue::describe(wire::Description<MetricValue>& is) {
  is.named("MetricValue");
  is.field("response_id", &MetricValue::response_id);
  is.field("metric", &MetricValue::metric, {.length_min = 1, .length_max = 100});
  is.field("value", &MetricValue::value);
}

void NewMetrics::describe(wire::Description<NewMetrics>& is) {
  is.named("NewMetrics");
  is.field("source", &NewMetrics::source,
           {.length_min = 1, .length_max = 500, .about = "Who measured, and how."});
  is.field("columns", &NewMetrics::columns, {.items_max = 50});
  is.field("items", &NewMetrics::items, {.items_max = 500'000});
}

void Accepted::describe(wire::Description<Accepted>& is) {
  is.named("Accepted");
  is.field("accepted", &Accepted::accepted);
}

void Contributor::describe(wire::Description<Contributor>& is) {
  is.named("Contributor");
  is.field("pseudonym", &Contributor::pseudonym);
  is.field("judgments", &Contributor::judgments);
}

void LineageStep::describe(wire::Description<LineageStep>& is) {
  is.named("LineageStep");
  is.field("model", &LineageStep::model);
  is.field("run", &LineageStep::run);
  is.field("snapshot", &LineageStep::snapshot);
  is.field("judgments", &LineageStep::judgments);
  is.field("judgments_sample", &LineageStep::judgments_sample, {.about = "The first twenty."});
  is.field("people", &LineageStep::people);
  is.field("guideline_versions", &LineageStep::guideline_versions);
}

void Lineage::describe(wire::Description<Lineage>& is) {
  is.named("Lineage");
  is.field("steps", &Lineage::steps, {.about = "The model first, then its parent, on to the imported one."});
}

void JudgmentLineage::describe(wire::Description<JudgmentLineage>& is) {
  is.named("JudgmentLineage");
  is.field("judgment_id", &JudgmentLineage::judgment_id);
  is.field("task_id", &JudgmentLineage::task_id);
  is.field("kind", &JudgmentLineage::kind, {.choices = task_kind_choices});
  is.field("snapshots", &JudgmentLineage::snapshots);
  is.field("models", &JudgmentLineage::models,
           {.about = "Trained on one of them, and all that descend from those."});
}

void ChatRequest::describe(wire::Description<ChatRequest>& is) {
  is.named("ChatRequest");
  is.field("messages", &ChatRequest::messages, {.items_min = 1, .items_max = 200});
  is.optional("temperature", &ChatRequest::temperature, {.minimum = 0, .maximum = 5});
  is.optional("tokens_max", &ChatRequest::tokens_max, {.minimum = 1, .maximum = 8192});
  is.optional("seed", &ChatRequest::seed, {.minimum = 0, .maximum = 9007199254740991.0});
}

void ChatEvent::describe(wire::Description<ChatEvent>& is) {
  static const Words endings = {"stop", "length", "cancelled"};
  is.named("ChatEvent");
  is.optional("delta", &ChatEvent::delta);
  is.optional("done", &ChatEvent::done);
  is.optional("finish", &ChatEvent::finish, {.choices = endings});
  is.optional("error", &ChatEvent::error);
  is.optional("tokens", &ChatEvent::tokens);
}

}  // namespace preceptor::server::api
