#include "cli/demo/demo_run.hpp"

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "base/format.hpp"
#include "cli/demo/api_client.hpp"
#include "cli/demo/demo_project.hpp"
#include "cli/demo/simulated_people.hpp"
#include "cli/demo/truth_metrics.hpp"
#include "demo/truth.hpp"
#include "loop/lineage.hpp"
#include "loop/models.hpp"
#include "store/store.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds look_every{100};

class DemoRun {
public:
  explicit DemoRun(const DemoSettings& settings)
      : settings_(settings),
        plan_(settings.plan),
        world_(demo::build_world(settings.plan.world_seed)),
        api_(settings.address) {}

  DemoReport run() {
    stage("set up", [&] { set_up(); });
    stage("base answers", [&] { base_answers(); });
    stage("judge", [&] { judge(); });
    stage("demonstrate", [&] { demonstrate(); });
    stage("snapshot", [&] { snapshot(); });
    stage("sft", [&] {
      sft_ = train("sft", "SFT", base_,
                   {{"learning_rate", plan_.sft_learning_rate}, {"epochs", plan_.sft_epochs}}, false);
    });
    stage("reward model", [&] { reward(); });
    stage("dpo", [&] { dpo_ = train("dpo", "DPO", sft_, dpo_settings(), false); });
    stage("placebo", [&] { placebo_ = train("dpo", "placebo", sft_, dpo_settings(), true); });
    stage("evaluate", [&] { evaluate(); });
    stage("blind comparisons", [&] { blind(); });
    stage("next round", [&] { next_round(); });
    stage("verify", [&] { finish(); });
    return std::move(report_);
  }

private:
  void stage(const std::string& name, const std::function<void()>& body) {
    const auto begin = std::chrono::steady_clock::now();
    stage_ = name;
    say("…");
    body();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    report_.seconds.emplace_back(name, took.count());
    say(fmt::format("done in {:.1f} s", took.count()));
  }

  void say(const std::string& message) const { settings_.heard(stage_, message); }

  void set_up() {
    api_.sign_in(settings_.login, settings_.password);
    project_ = create_demo_project(api_, plan_);
    say("the base model is entered");
    enter_base();
    round_ = api_.post(fmt::format("/projects/{}/rounds", project_), {{"name", "First round"}})
                 .at("id")
                 .get<std::int64_t>();
    judged_ = add_prompts(api_, project_, demo::prompts(world_, demo::Split::train, plan_.judged, plan_.seed),
                          book_);
    add_prompts(api_, project_,
                demo::prompts(world_, demo::Split::evaluation, demo::evaluation_counts, plan_.seed), book_);
    add_golds(api_, project_, demo::gold_comparisons(world_, plan_.golds, plan_.seed), book_);
    say("twelve simulated experts sign in");
    people_.emplace(world_, book_, plan_.seed, settings_.address, api_, project_);
    for (const demo::ExpertProfile& profile : people_->profiles())
      report_.tempers[profile.name + " (simulated)"] = demo::name(profile.temper);
  }

  void enter_base() {
    const loop::Workspace workspace(settings_.workspace);
    const auto database = store::open({.database = workspace.database().string()});
    const auto credentials =
        loop::read(*database, [&](loop::Records& r) { return r.credentials(settings_.login); });
    const feedback::Actor owner{.person = credentials.value().person.id, .administrator = true};
    const loop::NewModel model{.project = {project_}, .name = "base"};
    const auto entered =
        loop::enter_model(*database, workspace, owner, model, settings_.base_model, SystemClock());
    if (!entered) throw Failure(entered.error());
    base_ = entered->id.value;
  }

  json wait_for(const json& job) {
    const auto id = job.at("id").get<std::int64_t>();
    while (true) {
      json now = api_.get(fmt::format("/jobs/{}", id));
      const std::string state = now.at("state");
      if (state == "done") return now.at("result");
      if (state == "failed" || state == "cancelled")
        throw Failure(ErrorKind::internal,
                      fmt::format("Job {} ({}) {}: {}", id, now.at("kind").get<std::string>(), state,
                                  now.at("error").is_null() ? "" : now.at("error").get<std::string>()));
      if (state == "running") say(now.at("message").get<std::string>());
      std::this_thread::sleep_for(look_every);
    }
  }

  json ask(const char* what, const json& request) {
    return wait_for(api_.post(fmt::format("/rounds/{}/{}", round_, what), request));
  }

  void base_answers() {
    ask("generate", {{"model_id", base_},
                     {"prompt_ids", judged_},
                     {"samples", plan_.samples},
                     {"temperature", plan_.temperature},
                     {"tokens_max", plan_.tokens_max},
                     {"seed", plan_.seed}});
  }

  void work(const std::vector<std::string>& kinds) {
    const WorkDone done =
        people_->work(kinds, [&](std::int64_t judgments) { say(fmt::format("{} judgments", judgments)); });
    report_.judgments += done.judgments;
  }

  void judge() {
    add_judging_tasks(api_, project_, round_, plan_, judged_);
    work({"compare", "rate"});
  }

  void demonstrate() {
    add_writing_tasks(api_, project_, round_, plan_, judged_);
    work({"write"});
  }

  void snapshot() {
    const json result = ask("snapshot", {{"weighting", "reliability"}});
    snapshot_ = result.at("snapshot_id").get<std::int64_t>();
    report_.preferences = api_.get(fmt::format("/rounds/{}", round_)).at("snapshots").back().at("summary");
  }

  json dpo_settings() const {
    return {
        {"learning_rate", plan_.dpo_learning_rate}, {"beta", plan_.dpo_beta}, {"epochs", plan_.dpo_epochs}};
  }

  std::int64_t train(const char* objective, const std::string& name, std::int64_t from, const json& settings,
                     bool shuffled) {
    const json result = ask("train", {{"objective", objective},
                                      {"base_model_id", from},
                                      {"snapshot_id", snapshot_},
                                      {"name", name},
                                      {"seed", plan_.seed},
                                      {"settings", settings},
                                      {"shuffle_labels", shuffled}});
    if (std::string_view(objective) == "reward") report_.reward_metrics = result.at("metrics");
    return result.at("model_id").get<std::int64_t>();
  }

  void reward() {
    reward_ = train(
        "reward", "reward model", sft_,
        {{"learning_rate", plan_.reward_learning_rate}, {"epochs", plan_.reward_epochs}, {"held_out", 0.2}},
        false);
  }

  void evaluate() {
    const json result = ask("evaluate", {{"baseline_model_id", base_},
                                         {"model_ids", {sft_, dpo_, placebo_}},
                                         {"temperature", plan_.temperature},
                                         {"tokens_max", plan_.tokens_max},
                                         {"seed", plan_.seed},
                                         {"blind_pairs", plan_.blind_pairs}});
    evaluation_ = result.at("evaluation_id").get<std::int64_t>();
    say("the truth program checks the answers");
    send_truth(api_, evaluation_, world_, book_);
  }

  void blind() { work({"compare"}); }

  // What real people find on their desk: the new model's answers, two by two.
  void next_round() {
    const json second =
        api_.post(fmt::format("/projects/{}/rounds", project_), {{"name", "Second round, for people"}});
    const auto first_round = std::exchange(round_, second.at("id").get<std::int64_t>());
    const std::vector<std::int64_t> prompts(judged_.begin(), judged_.begin() + plan_.left_for_people);
    ask("generate", {{"model_id", dpo_},
                     {"prompt_ids", prompts},
                     {"samples", plan_.samples},
                     {"temperature", plan_.temperature},
                     {"tokens_max", plan_.tokens_max},
                     {"seed", plan_.seed + 1}});
    say(fmt::format("{} comparisons wait for people", add_comparisons_for_people(api_, project_, round_)));
    round_ = first_round;
  }

  void finish() {
    report_.evaluation = api_.get(fmt::format("/evaluations/{}", evaluation_));
    report_.quality = api_.get(fmt::format("/projects/{}/quality", project_));
    const auto some = [&](std::string_view change, int limit) {
      const json page = api_.get(fmt::format("/evaluations/{}/transcripts?model_id={}&change={}&limit={}",
                                             evaluation_, dpo_, change, limit));
      for (const json& transcript : page.at("items")) report_.transcripts.push_back(transcript);
    };
    some("better", 4);
    some("worse", 2);
    verify();
  }

  void verify() {
    const loop::Workspace workspace(settings_.workspace);
    const auto database = store::open({.database = workspace.database().string()});
    report_.lineage_verified = true;
    for (const std::int64_t id : {base_, sft_, reward_, dpo_, placebo_}) {
      const json model = api_.get(fmt::format("/models/{}", id));
      report_.models.emplace_back(model.at("name").get<std::string>(), model.at("sha256").get<std::string>());
      const auto differences = loop::read(
          *database, [&](loop::Records& records) { return loop::verify_lineage(records, workspace, {id}); });
      report_.lineage_verified = report_.lineage_verified && differences.empty();
    }
  }

  const DemoSettings& settings_;
  const DemoPlan& plan_;
  const demo::World world_;
  ApiClient api_;
  DemoReport report_;
  std::string stage_;
  PromptBook book_;
  std::vector<std::int64_t> judged_;  // prompts in the order of the generator
  std::optional<SimulatedPeople> people_;
  std::int64_t project_ = 0, round_ = 0, snapshot_ = 0, evaluation_ = 0;
  std::int64_t base_ = 0, sft_ = 0, reward_ = 0, dpo_ = 0, placebo_ = 0;
};

}  // namespace

DemoReport run_demo(const DemoSettings& settings) { return DemoRun(settings).run(); }

}  // namespace preceptor::cli
