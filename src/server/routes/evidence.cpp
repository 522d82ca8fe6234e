// Running the code of an answer and checking its figures; both are kept beside the judgment.
#include "feedback/evidence.hpp"
#include "evidence/calculator.hpp"
#include "server/api/evidence.hpp"
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

namespace preceptor::server {

namespace {

using feedback::Right;
using feedback::TaskId;
using wire::Nothing;

api::Evidence to_api(const feedback::Evidence& kept) {
  return {kept.id,     kept.kind,   kept.source, kept.outcome,      kept.exit_status,
          kept.output, kept.errors, kept.cut,    kept.milliseconds, kept.created_at};
}

api::EvidenceList list_of(const std::vector<feedback::Evidence>& found) {
  api::EvidenceList list;
  for (const auto& kept : found) list.evidence.push_back(to_api(kept));
  return list;
}

Result<api::Evidence> run_code(Call& call, const api::CodeToRun& input) {
  auto& storage = call.context.parts.storage;
  const auto task = call.id<TaskId>(0);
  // Before anything is run for somebody who may not; asked again when it is kept.
  const auto held = loop::read(storage, [&](loop::Records& records) {
    return feedback::require_in_hand(records, call.actor(), task);
  });
  if (!held) return tl::unexpected(held.error());
  const auto language = evidence::language_named(input.language);
  if (!language) return refuse(ErrorKind::unsupported, "The sandbox does not run " + input.language);
  const auto ran = call.context.code_runner.run(call.actor().person, *language, input.code);
  if (!ran) return tl::unexpected(ran.error());
  return loop::write(storage,
                     [&](loop::Records& records) {
                       return feedback::keep_evidence(records, call.actor(),
                                                      {.task = task,
                                                       .kind = input.language,
                                                       .source = input.code,
                                                       .outcome = ran->outcome,
                                                       .exit_status = ran->status,
                                                       .output = ran->output,
                                                       .errors = ran->errors,
                                                       .cut = ran->cut,
                                                       .milliseconds = ran->took.count()},
                                                      call.clock());
                     })
      .map([](const auto& kept) { return to_api(kept); });
}

std::string written(const evidence::Calculation& done) {
  std::string text;
  for (const auto& step : done.steps) text += step.text + (step.rounded ? " ≈ " : " = ") + step.value + "\n";
  return text + (done.rounded ? "≈ " : "= ") + done.value + "\n";
}

Result<api::Calculation> make_calculation(Call& call, loop::Records& records, const api::Expression& input) {
  const auto task = call.id<TaskId>(0);
  if (const auto held = feedback::require_in_hand(records, call.actor(), task); !held)
    return tl::unexpected(held.error());
  const auto done = evidence::calculate(input.expression);
  if (!done) return tl::unexpected(done.error());
  const auto kept = feedback::keep_evidence(records, call.actor(),
                                            {.task = task,
                                             .kind = "calculation",
                                             .source = input.expression,
                                             .outcome = "finished",
                                             .output = written(*done)},
                                            call.clock());
  if (!kept) return tl::unexpected(kept.error());
  api::Calculation out{kept->id, done->value, done->rounded, {}};
  for (const auto& step : done->steps) out.steps.push_back({step.text, step.value, step.rounded});
  return out;
}

Result<api::EvidenceList> list_evidence(Call& call, loop::Records& records, const Nothing&) {
  return feedback::list_evidence(records, call.actor(), call.id<TaskId>(0)).map(list_of);
}

Result<api::EvidenceList> judgment_evidence(Call& call, loop::Records& records, const Nothing&) {
  const auto id = call.id<feedback::JudgmentId>(0);
  auto found = feedback::evidence_of_judgment(records, call.actor(), id);
  if (!found) return tl::unexpected(found.error());
  if (const auto judgment = records.judgment(id); judgment && !found->empty()) {
    call.people_read.push_back(judgment->person);
    call.project_read = judgment->project;
  }
  return list_of(*found);
}

Result<api::SandboxState> show_sandbox(Call& call, const Nothing&) {
  const auto& sandbox = call.context.code_runner.sandbox();
  api::SandboxState state;
  state.works = sandbox.works().has_value();
  if (!state.works) state.reason = sandbox.works().error().text();
  if (state.works) {
    for (const auto language : sandbox.has()) state.languages.emplace_back(name_of(language));
  }
  return state;
}

}  // namespace

std::vector<Route> evidence_routes() {
  const auto topic = "evidence";
  return {
      unbound({.method = "GET",
               .path = "/sandbox",
               .operation = "showSandbox",
               .summary = "Whether code can be run here, and in which languages",
               .topic = topic,
               .access = Access::signed_in(),
               .runs_code = true},
              show_sandbox),
      unbound({.method = "POST",
               .path = "/tasks/{task}/runs",
               .operation = "runCode",
               .summary = "Runs code in the sandbox; code and output are kept with the task in hand",
               .topic = topic,
               .access = Access::member(Right::judge),
               .errors = {ErrorKind::conflict, ErrorKind::rate_limited, ErrorKind::unavailable,
                          ErrorKind::unsupported},
               .runs_code = true},
              run_code),
      write({.method = "POST",
             .path = "/tasks/{task}/calculations",
             .operation = "makeCalculation",
             .summary = "Works an expression out, step by step; it is kept with the task in hand",
             .topic = topic,
             .access = Access::member(Right::judge),
             .errors = {ErrorKind::conflict}},
            make_calculation),
      read({.method = "GET",
            .path = "/tasks/{task}/evidence",
            .operation = "listEvidence",
            .summary = "What one has tried on a task",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           list_evidence),
      read({.method = "GET",
            .path = "/judgments/{judgment}/evidence",
            .operation = "judgmentEvidence",
            .summary = "What was tried for a judgment",
            .topic = topic,
            .access = Access::member(Right::see_all_judgments)},
           judgment_evidence),
  };
}

}  // namespace preceptor::server
