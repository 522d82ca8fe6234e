#include "server/api/evidence.hpp"

namespace preceptor::server::api {

namespace {

const Words language_choices = {"python", "cpp", "javascript", "shell"};
const Words evidence_kind_choices = {"python", "cpp", "javascript", "shell", "calculation"};
const Words ending_choices = {"finished",           "failed",          "out_of_time", "out_of_memory",
                              "too_many_processes", "too_much_output", "cancelled"};

}  // namespace

void CodeToRun::describe(wire::Description<CodeToRun>& is) {
  is.named("CodeToRun");
  is.field("language", &CodeToRun::language, {.choices = language_choices});
  is.field("code", &CodeToRun::code, {.length_min = 1, .length_max = 256 << 10});
}

void Expression::describe(wire::Description<Expression>& is) {
  is.named("Expression");
  is.field("expression", &Expression::expression, {.length_min = 1, .length_max = 1000});
}

void Evidence::describe(wire::Description<Evidence>& is) {
  is.named("Evidence");
  is.field("id", &Evidence::id);
  is.field("kind", &Evidence::kind, {.choices = evidence_kind_choices});
  is.field("source", &Evidence::source, {.about = "The code or the expression."});
  is.field("outcome", &Evidence::outcome, {.choices = ending_choices});
  is.field("exit_status", &Evidence::exit_status, {.about = "128 + signal when one ended it."});
  is.field("output", &Evidence::output);
  is.field("errors", &Evidence::errors);
  is.field("cut", &Evidence::cut, {.about = "It wrote more than is kept."});
  is.field("milliseconds", &Evidence::milliseconds);
  is.field("created_at", &Evidence::created_at);
}

void EvidenceList::describe(wire::Description<EvidenceList>& is) {
  is.named("EvidenceList");
  is.field("evidence", &EvidenceList::evidence, {.about = "At most a hundred, in the order of making."});
}

void CalculationStep::describe(wire::Description<CalculationStep>& is) {
  is.named("CalculationStep");
  is.field("text", &CalculationStep::text);
  is.field("value", &CalculationStep::value);
  is.field("rounded", &CalculationStep::rounded, {.about = "Exact otherwise."});
}

void Calculation::describe(wire::Description<Calculation>& is) {
  is.named("Calculation");
  is.field("evidence_id", &Calculation::evidence_id);
  is.field("value", &Calculation::value);
  is.field("rounded", &Calculation::rounded,
           {.about = "Some step was: 40 digits were kept, the last one half to even."});
  is.field("steps", &Calculation::steps);
}

void SandboxState::describe(wire::Description<SandboxState>& is) {
  is.named("SandboxState");
  is.field("works", &SandboxState::works);
  is.field("reason", &SandboxState::reason, {.about = "Why it does not work; else empty."});
  is.field("languages", &SandboxState::languages, {.choices = language_choices});
}

}  // namespace preceptor::server::api
