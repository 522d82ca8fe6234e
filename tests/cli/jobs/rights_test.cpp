// Who may run the loop: every function of it, asked by a trainer and by somebody from elsewhere.
#include "feedback/accounts.hpp"
#include "loop/evaluation.hpp"
#include "loop/lineage.hpp"
#include "loop/models.hpp"
#include "loop/rounds.hpp"
#include "tests/support/training_test.hpp"

namespace preceptor::cli::tests {
namespace {

class LoopRights : public TrainingTest {
protected:
  using Ask = std::function<std::optional<ErrorKind>(Records&, const feedback::Actor&)>;

  template <class T>
  static std::optional<ErrorKind> kind_of(const Result<T>& result) {
    if (result) return std::nullopt;
    return result.error().kind;
  }

  void SetUp() override {
    judge_some(2);
    snapshot = make_snapshot();
    trained = run(ask_training(request(loop::Objective::sft, snapshot)));
    model = model_of(trained);
    add_prompt("Measured", feedback::Split::evaluation);
    const auto done = run(ask_evaluation({.baseline = base().id, .models = {model.id}, .tokens_max = 4}));
    evaluation = {result_of(done).at("evaluation_id").get<std::int64_t>()};
    run_id = model.run;
    judgment = read([&](Records& r) { return r.snapshot_judgments(snapshot.id); }).front();
  }

  // By name: what only those who see results or run rounds may do.
  std::map<std::string, Ask> questions() {
    std::map<std::string, Ask> all = changes();
    all["list_rounds"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::list_rounds(r, a, project));
    };
    all["show_round"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::show_round(r, a, round));
    };
    all["show_run"] = [=, this](Records& r, const auto& a) { return kind_of(loop::show_run(r, a, run_id)); };
    all["show_job"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::show_job(r, a, trained.id));
    };
    all["show_job_log"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::show_job_log(r, a, trained.id, 0));
    };
    all["list_jobs"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::list_jobs(r, a, {.project = project}));
    };
    all["list_models"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::list_models(r, a, project));
    };
    all["show_model"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::show_model(r, a, model.id));
    };
    all["list_promotions"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::list_promotions(r, a, project));
    };
    all["lineage of a model"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::lineage_of(r, a, model.id));
    };
    all["lineage of a judgment"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::lineage_of(r, a, judgment));
    };
    all["show_evaluation"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::show_evaluation(r, a, evaluation));
    };
    all["list_transcripts"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::list_transcripts(r, a, evaluation, {}));
    };
    return all;
  }

  std::map<std::string, Ask> changes() {
    std::map<std::string, Ask> all;
    all["start_round"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::start_round(r, a, project, "Second", clock));
    };
    all["request_generation"] = [=, this](Records& r, const auto& a) {
      return kind_of(
          loop::request_generation(r, a, round, {.model = model.id, .split = feedback::Split::train}, clock));
    };
    all["request_snapshot"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::request_snapshot(r, a, round, {}, clock));
    };
    all["request_training"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::request_training(
          r, a, round, {.base_model = model.id, .snapshot = snapshot.id, .name = "n"}, clock));
    };
    all["request_evaluation"] = [=, this](Records& r, const auto& a) {
      return kind_of(
          loop::request_evaluation(r, a, round, {.baseline = trained_base, .models = {model.id}}, clock));
    };
    all["cancel_job"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::cancel_job(r, a, trained.id, clock));
    };
    all["resume_job"] = [=, this](Records& r, const auto& a) {
      return kind_of(loop::resume_job(r, a, trained.id, clock));
    };
    all["put_metrics"] = [=, this](Records& r, const auto& a) {
      return kind_of(
          loop::put_metrics(r, a, evaluation, {.source = "p", .columns = {}, .values = {}}, clock));
    };
    return all;
  }

  loop::Snapshot snapshot;
  Job trained;
  loop::Model model;
  loop::ModelId trained_base = base().id;
  loop::EvaluationId evaluation;
  loop::RunId run_id;
  loop::JudgmentId judgment;
};

TEST_F(LoopRights, RefuseATrainerEverywhere) {
  const auto trainer = as(add_member("a.trainer"));
  for (const auto& [name, ask] : questions())
    write([&, &name = name, &ask = ask](Records& r) {
      EXPECT_EQ(ask(r, trainer), ErrorKind::forbidden) << name;
    });
}

TEST_F(LoopRights, TellSomebodyFromElsewhereNothing) {
  const feedback::PreparedPerson stranger{.person = {.login = "stranger", .name = "S"}, .password_hash = "x"};
  const auto person =
      write([&](Records& r) { return feedback::create_person_locally(r, stranger, clock); }).value();
  for (const auto& [name, ask] : questions())
    write([&, &name = name, &ask = ask](Records& r) {
      EXPECT_EQ(ask(r, as(person.id)), ErrorKind::not_found) << name;
    });
}

TEST_F(LoopRights, LetALeadSeeAndRunARound) {
  const auto lead = as(add_member("a.lead", feedback::Role::lead));
  for (const auto& [name, ask] : questions()) {
    if (name == "cancel_job" || name == "resume_job") continue;  // the job has ended
    write([&, &name = name, &ask = ask](Records& r) { EXPECT_EQ(ask(r, lead), std::nullopt) << name; });
  }
}

TEST_F(LoopRights, LetATrainerEnterNoModel) {
  const auto trainer = as(add_member("a.trainer"));
  const auto refused = loop::enter_model(*database, workspace, trainer, {.project = project, .name = "mine"},
                                         workspace.model_folder(base()).value(), clock);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
}

}  // namespace
}  // namespace preceptor::cli::tests
