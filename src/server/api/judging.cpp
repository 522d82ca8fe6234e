#include "server/api/judging.hpp"

#include "feedback/content.hpp"
#include "server/api/session.hpp"

namespace preceptor::server::api {

namespace {
// Of one text in it; what each kind allows is checked with its payload.
constexpr std::size_t payload_length_max = feedback::text_bytes_max + 20'000;
constexpr std::size_t written_bytes_max = feedback::text_bytes_max;
const wire::Bounds token_bounds = {.length_min = 1, .length_max = 200};
}  // namespace

void NextRequest::describe(wire::Description<NextRequest>& is) {
  is.named("NextRequest");
  is.optional("kinds", &NextRequest::kinds,
              {.items_max = 20, .choices = task_kind_choices, .about = "Empty: any."});
}

void TaskPrompt::describe(wire::Description<TaskPrompt>& is) {
  is.named("TaskPrompt");
  is.field("id", &TaskPrompt::id);
  is.field("messages", &TaskPrompt::messages);
  is.field("intent", &TaskPrompt::intent);
  is.field("domain", &TaskPrompt::domain);
  is.field("language", &TaskPrompt::language);
  is.field("hazard", &TaskPrompt::hazard);
  is.field("difficulty", &TaskPrompt::difficulty);
}

void TaskResponse::describe(wire::Description<TaskResponse>& is) {
  is.named("TaskResponse");
  is.field("id", &TaskResponse::id);
  is.field("text", &TaskResponse::text);
}

void TaskRubric::describe(wire::Description<TaskRubric>& is) {
  is.named("TaskRubric");
  is.field("version", &TaskRubric::version);
  is.field("dimensions", &TaskRubric::dimensions);
  is.field("criteria", &TaskRubric::criteria);
}

void HandedTask::describe(wire::Description<HandedTask>& is) {
  is.named("HandedTask");
  is.field("id", &HandedTask::id);
  is.field("kind", &HandedTask::kind, {.choices = task_kind_choices});
  is.field("prompt", &HandedTask::prompt);
  is.field("responses", &HandedTask::responses, {.about = "In the order to show, shuffled per slot."});
  is.field("rubric", &HandedTask::rubric);
  is.field("guideline_version", &HandedTask::guideline_version);
  is.field("deadline", &HandedTask::deadline);
  is.field("earlier", &HandedTask::earlier, {.about = "Of reviews, appeals and adjudications."});
}

void EarlierWork::describe(wire::Description<EarlierWork>& is) {
  is.named("EarlierWork");
  is.field("kind", &EarlierWork::kind, {.choices = task_kind_choices, .about = "Of the work in question."});
  is.field("judgment_id", &EarlierWork::judgment_id);
  is.field("payload", &EarlierWork::payload, {.about = "Of that judgment; null for an adjudication."});
  is.field("others", &EarlierWork::others, {.about = "The other counted judgments of the task."});
  is.field("exchanges", &EarlierWork::exchanges,
           {.about = "What a model answered while the judgment was made."});
  is.field("clause", &EarlierWork::clause, {.about = "Of an appeal: what the rejection cites."});
  is.field("comment", &EarlierWork::comment);
  is.field("objection", &EarlierWork::objection, {.about = "Of an appeal: what the person says."});
}

void Lease::describe(wire::Description<Lease>& is) {
  is.named("Lease");
  is.field("token", &Lease::token);
  is.field("expires_at", &Lease::expires_at);
}

void WorkCounts::describe(wire::Description<WorkCounts>& is) {
  is.named("WorkCounts");
  is.field("done", &WorkCounts::done);
  is.field("available", &WorkCounts::available);
}

void NextTask::describe(wire::Description<NextTask>& is) {
  is.named("NextTask");
  is.field("task", &NextTask::task);
  is.field("lease", &NextTask::lease);
  is.field("draft", &NextTask::draft, {.about = "The payload as last saved; null when there is none."});
  is.field("counts", &NextTask::counts);
}

void LeaseRequest::describe(wire::Description<LeaseRequest>& is) {
  is.named("LeaseRequest");
  is.field("lease_token", &LeaseRequest::lease_token, token_bounds);
}

void LeaseRenewed::describe(wire::Description<LeaseRenewed>& is) {
  is.named("LeaseRenewed");
  is.field("expires_at", &LeaseRenewed::expires_at);
}

void Skip::describe(wire::Description<Skip>& is) {
  is.named("Skip");
  is.field("lease_token", &Skip::lease_token, token_bounds);
  is.optional("reason", &Skip::reason, {.length_max = 2000});
}

void Draft::describe(wire::Description<Draft>& is) {
  is.named("Draft");
  is.field("payload", &Draft::payload,
           {.length_max = written_bytes_max,
            .about = "An object, as far as it is typed; not checked against the rubric."});
}

void Submission::describe(wire::Description<Submission>& is) {
  is.named("Submission");
  is.field("lease_token", &Submission::lease_token, token_bounds);
  describe_payload(is, &Submission::payload, {.length_max = payload_length_max});
  is.field("seconds_active", &Submission::seconds_active, {.minimum = 0, .maximum = 86'400});
  is.optional("supersedes", &Submission::supersedes,
              {.about = "A correction of one's own latest judgment of this task; never of a gold."});
}

void GoldResult::describe(wire::Description<GoldResult>& is) {
  is.named("GoldResult");
  is.field("right", &GoldResult::right);
  is.field("explanation", &GoldResult::explanation);
}

void Receipt::describe(wire::Description<Receipt>& is) {
  is.named("Receipt");
  is.field("judgment_id", &Receipt::judgment_id);
  is.field(
      "counted", &Receipt::counted,
      {.about = "false: the lease had run out and somebody else took over; the work is kept as surplus."});
  is.field("gold", &Receipt::gold, {.about = "Set when the task was a gold."});
  is.field("paused", &Receipt::paused,
           {.about = "The watch over golds has just asked for a review of your work."});
  is.field("repeated", &Receipt::repeated,
           {.about = "The same Idempotency-Key was sent before: this is the first receipt again."});
}

void Progress::describe(wire::Description<Progress>& is) {
  is.named("Progress");
  is.field("done", &Progress::done);
  is.field("done_today", &Progress::done_today);
  is.field("available", &Progress::available);
  is.field("drafts", &Progress::drafts);
  is.field("golds", &Progress::golds);
  is.field("golds_right", &Progress::golds_right);
  is.field("paused", &Progress::paused);
  is.field("pause_reason", &Progress::pause_reason);
}

void Judgment::describe(wire::Description<Judgment>& is) {
  is.named("Judgment");
  is.field("id", &Judgment::id);
  is.field("task_id", &Judgment::task_id);
  is.field("kind", &Judgment::kind, {.choices = task_kind_choices});
  is.field("person_id", &Judgment::person_id);
  describe_payload(is, &Judgment::payload);
  is.field("seconds_active", &Judgment::seconds_active);
  is.field("counted", &Judgment::counted);
  is.field("gold_right", &Judgment::gold_right);
  is.field("supersedes", &Judgment::supersedes);
  is.field("guideline_version", &Judgment::guideline_version);
  is.field("rubric_version", &Judgment::rubric_version);
  is.field("created_at", &Judgment::created_at);
}

void Standing::describe(wire::Description<Standing>& is) {
  is.named("Standing");
  is.field("judgment_id", &Standing::judgment_id);
  is.field("task_id", &Standing::task_id);
  is.field("kind", &Standing::kind, {.choices = task_kind_choices});
  is.field("state", &Standing::state, {.choices = standing_choices});
  is.field("counts", &Standing::counts);
  is.field("clause", &Standing::clause, {.about = "The instruction that a rejection cites."});
  is.field("comment", &Standing::comment, {.about = "The reviewer's."});
  is.field("objection", &Standing::objection, {.about = "One's own reason to appeal."});
  is.field("decision", &Standing::decision, {.about = "The reason of the decision on the appeal."});
  is.field("at", &Standing::at);
}

void StandingQuery::describe(wire::Description<StandingQuery>& is) {
  is.optional("state", &StandingQuery::state, {.choices = standing_choices});
  describe_page(is);
}

void OwnTask::describe(wire::Description<OwnTask>& is) {
  is.named("OwnTask");
  is.field("task", &OwnTask::task);
  is.field("judgment", &OwnTask::judgment, {.about = "One's latest of this task."});
  is.field("standing", &OwnTask::standing, {.about = "null: nobody has reviewed it."});
}

void Objection::describe(wire::Description<Objection>& is) {
  is.named("Objection");
  is.field("reason", &Objection::reason, {.length_min = 1, .length_max = 20'000});
}

void JudgmentQuery::describe(wire::Description<JudgmentQuery>& is) {
  is.optional("round_id", &JudgmentQuery::round_id);
  is.optional("person_id", &JudgmentQuery::person_id);
  describe_page(is);
}

}  // namespace preceptor::server::api
