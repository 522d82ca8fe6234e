#include "loop/verify.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/format.hpp"
#include "feedback/events.hpp"
#include "loop/ledger.hpp"

namespace preceptor::loop {
namespace {

using feedback::LoggedEvent;
using nlohmann::json;
namespace event = feedback::event;

struct Logged {
  ProjectId project;
  Timestamp at;
  PersonId actor;
  json payload;  // null: erased
};
using LoggedRows = std::map<std::int64_t, Logged>;  // by the id of the row

class LoopLog {
public:
  void apply(const LoggedEvent& logged) {
    const std::string& kind = logged.event.kind;
    if (kind == event::model_created) add_model(logged);
    if (kind == event::model_promoted) add_promotion(logged);
    if (kind == event::round_created) add(rounds, logged);
    if (kind == event::snapshot_created) add(snapshots, logged);
    if (kind == event::run_finished) add(runs, logged);
    // Each tells the whole state: the last one counts.
    if (kind == event::evaluation_created || kind == event::evaluation_measured) add(evaluations, logged);
    if (kind == event::evaluation_created) finished_evaluations.insert(logged.event.subject);
  }

  LoggedRows rounds, models, snapshots, runs, evaluations, promotions;
  std::set<std::int64_t> finished_evaluations;
  std::map<ProjectId, ModelId> current_models;
  std::vector<std::pair<EvaluationId, ModelId>> endings;  // of rounds, by promotions, in their order
  bool erased_promotion = false;                          // then nobody can say which model took over

private:
  static Logged read(const LoggedEvent& logged) {
    const feedback::Event& row = logged.event;
    return {row.project, row.at, row.actor,
            logged.payload ? json::parse(logged.payload->payload) : json(nullptr)};
  }

  static void add(LoggedRows& rows, const LoggedEvent& logged) { rows[logged.event.subject] = read(logged); }

  void add_model(const LoggedEvent& logged) {
    Logged row = read(logged);
    if (row.payload.is_object() && row.payload.at("becomes_current").get<bool>())
      current_models[row.project] = ModelId{logged.event.subject};
    models[logged.event.subject] = std::move(row);
  }

  void add_promotion(const LoggedEvent& logged) {
    Logged row = read(logged);
    if (row.payload.is_null()) {
      erased_promotion = true;
      return;
    }
    const ModelId model{logged.event.subject};
    current_models[row.project] = model;
    const EvaluationId evaluation{row.payload.at("evaluation").get<std::int64_t>()};
    if (evaluation) endings.emplace_back(evaluation, model);
    promotions[row.payload.at("promotion").get<std::int64_t>()] = std::move(row);
  }
};

class LoopVerification {
public:
  LoopVerification(Records& records, LoopLog& log, VerifyReport& report)
      : records_(records), log_(log), report_(report) {}

  void run() {
    for (const feedback::Project& project : records_.projects()) {
      check_rounds(project.id);
      check_models(project);
      check_snapshots(project.id);
      check_runs(project.id);
      check_evaluations(project.id);
      check_promotions(project.id);
    }
    expect_none_left(log_.rounds, "round");
    expect_none_left(log_.models, "model");
    expect_none_left(log_.snapshots, "snapshot");
    expect_none_left(log_.runs, "run");
    expect_none_left(log_.evaluations, "evaluation");
    expect_none_left(log_.promotions, "promotion");
  }

private:
  void differ(std::string difference) { report_.log.differences.push_back(std::move(difference)); }

  void expect_none_left(const LoggedRows& rows, std::string_view what) {
    for (const auto& [id, logged] : rows) differ(fmt::format("{} {} is missing", what, id));
  }

  // Compares what the row says now with what was logged, and crosses it off. `now` is computed when needed.
  template <class Now>
  void check(LoggedRows& rows, std::string_view what, std::int64_t id, ProjectId project, const Now& now) {
    const auto found = rows.find(id);
    if (found == rows.end()) return differ(fmt::format("{} {} is not in the log", what, id));
    const Logged logged = std::move(found->second);
    rows.erase(found);
    if (logged.project != project) differ(fmt::format("{} {} is in another project than logged", what, id));
    if (logged.payload.is_null()) return;
    const json present = now();
    for (const auto& [key, value] : present.items()) {
      if (!logged.payload.contains(key) || logged.payload.at(key) == value) continue;
      if (key == "metrics") {
        check_metrics(fmt::format("{} {}", what, id), logged.payload.at(key), value);
      } else {
        differ(fmt::format("{} {}: its {} and the log differ", what, id, words_of(key)));
      }
    }
  }

  // "files_sha256" → "files"
  static std::string words_of(std::string key) {
    if (constexpr std::string_view hash = "_sha256"; key.ends_with(hash))
      key.resize(key.size() - hash.size());
    for (char& c : key) c = c == '_' ? ' ' : c;
    return key;
  }

  void check_metrics(const std::string& name, const json& logged, const json& present) {
    for (const auto& [metric, hash] : logged.items())
      if (present.value(metric, "") != hash)
        differ(fmt::format("{}: its values of {} and the log differ", name, metric));
    for (const auto& [metric, hash] : present.items())
      if (!logged.contains(metric))
        differ(fmt::format("{}: its values of {} are not in the log", name, metric));
  }

  void check_rounds(ProjectId project) {
    std::map<RoundId, ModelId> ends;
    for (const auto& [evaluation, model] : log_.endings)
      if (const auto row = records_.evaluation(evaluation)) ends[row->round] = model;
    for (const Round& round : records_.rounds(project)) {
      report_.rounds += 1;
      check(log_.rounds, "round", round.id.value, project, [&] { return remembered(round); });
      if (log_.erased_promotion) continue;
      const auto end = ends.find(round.id);
      const bool closed = end != ends.end();
      if ((round.state == RoundState::closed) != closed)
        differ(fmt::format("round {} is {}, the log says {}", round.id.value, name_of(round.state),
                           closed ? "closed" : "open"));
      if (round.model_after != (closed ? end->second : ModelId{}))
        differ(fmt::format("round {} ends with another model than the logged promotion", round.id.value));
    }
  }

  void check_models(const feedback::Project& project) {
    for (const Model& model : records_.models(project.id)) {
      report_.models += 1;
      check(log_.models, "model", model.id.value, project.id, [&] { return remembered(model); });
    }
    const auto current = log_.current_models.find(project.id);
    const ModelId logged = current == log_.current_models.end() ? ModelId{} : current->second;
    if (!log_.erased_promotion && project.current_model != logged)
      differ(fmt::format("the current model of project {} is {}, the log says {}", project.id.value,
                         project.current_model.value, logged.value));
  }

  void check_snapshots(ProjectId project) {
    for (const Snapshot& snapshot : records_.snapshots(project, {})) {
      report_.snapshots += 1;
      check(log_.snapshots, "snapshot", snapshot.id.value, project,
            [&] { return remembered(records_, snapshot); });
    }
  }

  void check_runs(ProjectId project) {
    for (const Run& run : records_.runs(project, {})) {
      const bool logged = log_.runs.contains(run.id.value);
      if (run.state != RunState::done && !logged) continue;  // it has left nothing behind
      report_.runs += 1;
      check(log_.runs, "run", run.id.value, project, [&] { return remembered(run); });
      if (run.state != RunState::done)
        differ(fmt::format("run {} is {}, the log says done", run.id.value, name_of(run.state)));
    }
  }

  void check_evaluations(ProjectId project) {
    for (const Evaluation& evaluation : records_.evaluations(project, {})) {
      const std::int64_t id = evaluation.id.value;
      const bool finished =
          evaluation.state == EvaluationState::judging || evaluation.state == EvaluationState::done;
      if (!finished && !log_.finished_evaluations.contains(id)) {
        log_.evaluations.erase(id);  // values came while its answers are still written
        continue;
      }
      report_.evaluations += 1;
      check(log_.evaluations, "evaluation", id, project, [&] { return remembered(records_, evaluation); });
    }
  }

  void check_promotions(ProjectId project) {
    for (const Promotion& promotion : records_.promotions(project)) {
      report_.promotions += 1;
      if (log_.erased_promotion && !log_.promotions.contains(promotion.id.value)) continue;
      check(log_.promotions, "promotion", promotion.id.value, project, [&] { return remembered(promotion); });
    }
  }

  Records& records_;
  LoopLog& log_;
  VerifyReport& report_;
};

}  // namespace

VerifyReport verify(Records& records) {
  LoopLog log;
  VerifyReport report;
  report.log = feedback::verify_log(records, [&](const LoggedEvent& logged) {
    try {
      log.apply(logged);
    } catch (const json::exception& problem) {
      throw Failure(ErrorKind::corrupt,
                    fmt::format("the payload of event {} is not what its kind promises: {}",
                                logged.event.id.value, problem.what()));
    }
  });
  LoopVerification(records, log, report).run();
  return report;
}

}  // namespace preceptor::loop
