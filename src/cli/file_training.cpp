#include "cli/file_training.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>

#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "cli/command.hpp"
#include "cli/training_progress.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/formats/lora_files.hpp"
#include "engine/formats/opened_model.hpp"
#include "learning/collation.hpp"
#include "learning/data/dataset.hpp"
#include "learning/dpo.hpp"
#include "learning/evaluation.hpp"
#include "learning/reward_model.hpp"
#include "learning/sft.hpp"
#include "loop/run_options.hpp"
#include "loop/train_settings.hpp"

namespace preceptor::cli {
namespace {

constexpr std::size_t errors_shown = 10;
// Real data has a few rows that say nothing; they are told and left out. More than one in so many is another
// matter.
constexpr std::int64_t bad_rows_tolerated = 20;

std::map<std::string, double> parsed_settings(const std::vector<std::string>& given) {
  std::map<std::string, double> settings;
  for (const std::string& entry : given) {
    const std::size_t equals = entry.find('=');
    double value = 0;
    const char* begin = entry.data() + (equals == std::string::npos ? entry.size() : equals + 1);
    const auto [end, problem] = std::from_chars(begin, entry.data() + entry.size(), value);
    if (problem != std::errc() || end != entry.data() + entry.size())
      throw Failure(ErrorKind::invalid, fmt::format("{} is not NAME=VALUE.", entry),
                    "Write, say, --set learning_rate=1e-4.");
    settings[entry.substr(0, equals)] = value;
  }
  return settings;
}

learning::ImportedData read_data(const FileTrainingOptions& options) {
  learning::ImportedData data =
      or_throw(learning::read_dataset(options.data, {.bad_rows = learning::BadRows::keep_good}));
  if (data.report.rows_bad == 0) return data;
  std::string errors;
  for (std::size_t i = 0; i < std::min(errors_shown, data.report.errors.size()); ++i)
    errors +=
        fmt::format("\n  {}:{}: {}", options.data, data.report.errors[i].line, data.report.errors[i].reason);
  const std::string told =
      fmt::format("{} of {} rows are bad:{}", data.report.rows_bad, data.report.rows, errors);
  const bool few = data.report.rows_bad * bad_rows_tolerated <= data.report.rows;
  if (!few && !options.keep_good)
    throw Failure(ErrorKind::invalid, told, "Mend them, or train on the others with --keep-good.");
  fmt::print(stderr, "{}\n", told);
  return data;
}

struct Pairs {
  std::vector<learning::PreferenceExample> train;
  std::vector<learning::PreferenceExample> test;
  std::vector<std::int64_t> test_prompts;
};

class FileTraining {
public:
  FileTraining(const FileTrainingOptions& options, std::stop_token stop)
      : options_(options),
        stop_(std::move(stop)),
        opened_(or_throw(engine::open_model(options.model))),
        model_(or_throw(opened_.read_text())) {
    if (!model_.chat_template)
      throw Failure(ErrorKind::unsupported, fmt::format("{} has no chat template.", options.model),
                    "Add one to tokenizer_config.json.");
    const auto given = parsed_settings(options.settings);
    if (given.contains("held_out"))
      throw Failure(ErrorKind::invalid, "held_out is no setting of a training on a file.",
                    "Use --held-out SHARE.");
    if (options.shuffle_labels && options.objective == loop::Objective::sft)
      throw Failure(ErrorKind::invalid, "Demonstrations have no labels to shuffle.",
                    "Leave --shuffle-labels out.");
    settings_ = or_throw(loop::complete_settings(options.objective, given,
                                                 static_cast<std::int64_t>(opened_.weights.count())));
    training_ = loop::training_options(settings_, options.seed, options.threads);
    adaptation_ = loop::adaptation_of(settings_);
    if (!options.lora_targets.empty() && !adaptation_)
      throw Failure(ErrorKind::invalid, "There are targets for an adapter, but no adapter.",
                    "Give it a rank: --set lora_rank=16.");
    if (adaptation_) adaptation_->lora.targets = options.lora_targets;
    hooks_ = {.on_step = [this](const learning::StepReport& step) { progress_.show(step); }, .stop = stop_};
  }

  FileTrainingOutcome run() {
    const auto begin = std::chrono::steady_clock::now();
    const learning::ImportedData data = read_data(options_);
    learning::RunWeights trained = options_.objective == loop::Objective::sft      ? sft(data)
                                   : options_.objective == loop::Objective::reward ? reward(pairs_of(data))
                                                                                   : dpo(pairs_of(data));
    if (trained.adapter()) {
      outcome_.adapter_parameters = static_cast<std::int64_t>(trained.adapter()->count());
    }
    if (!options_.out.empty()) save(std::move(trained));
    outcome_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return outcome_;
  }

private:
  // The whole model, and beside it the adapter, if that is what was trained.
  void save(learning::RunWeights trained) {
    std::optional<engine::LoraAdapter> adapter;
    if (trained.adapter()) adapter = trained.adapter()->adapter();
    const engine::Parameters whole = or_throw(std::move(trained).finished([&] { return start_again(); }));
    engine::SaveOptions save;
    save.determinism = engine::determinism_here(training_.precision, options_.threads);
    engine::save_model(options_.out, whole, model_.files, save);
    outcome_.weights_sha256 = sha256_file(std::filesystem::path(options_.out) / "model.safetensors");
    if (!adapter) return;
    adapter->base_model = options_.model;
    engine::save_adapter(std::filesystem::path(options_.out) / "adapter", *adapter, whole.config());
  }

  Result<engine::Parameters> start_again() const {
    auto parameters = engine::load_parameters(options_.model);
    if (!parameters || options_.objective != loop::Objective::reward) return parameters;
    return with_reward_head(*parameters);
  }

  engine::Parameters with_reward_head(const engine::Parameters& language_model) const {
    Random random = Random(options_.seed).fork("reward head");
    return learning::reward_model_from(language_model, random);
  }

  learning::RunWeights starting_weights() const {
    if (!adaptation_) {
      return or_throw(learning::RunWeights::make(or_throw(start_again()), std::nullopt, options_.seed));
    }
    const bool scores = options_.objective == loop::Objective::reward;
    const engine::ModelConfig config = scores ? learning::reward_config_from(model_.config) : model_.config;
    return or_throw(learning::RunWeights::adapted(opened_.weights, config, *adaptation_, options_.seed));
  }

  bool limit_reached(std::size_t count) const {
    return options_.limit > 0 && static_cast<std::int64_t>(count) >= options_.limit;
  }

  learning::CollationOptions limits() const { return {.tokens_max = model_.config.context_length_max}; }

  // True when the example is there; one that is too long is counted and left out, anything else is thrown.
  template <class Example>
  bool usable(const Result<Example>& example) {
    if (example) return true;
    if (example.error().kind != ErrorKind::too_large) throw Failure(example.error());
    outcome_.too_long += 1;
    return false;
  }

  bool is_held_out(const learning::Origin& origin) const {
    return options_.held_out > 0 && learning::held_out(origin.group, options_.seed, options_.held_out);
  }

  Pairs pairs_of(const learning::ImportedData& data) {
    if (data.preferences.empty())
      throw Failure(ErrorKind::invalid, fmt::format("{} holds no preferences.", options_.data),
                    "Use a file of pairs, or train sft.");
    Pairs pairs;
    std::map<std::string, std::int64_t> clusters;
    Random placebo = Random(options_.seed).fork("placebo");
    for (const learning::ImportedPreference& row : data.preferences) {
      if (limit_reached(pairs.train.size() + pairs.test.size())) break;
      auto example = learning::preference(model_.tokenizer, *model_.chat_template, row.prompt, row.chosen,
                                          row.rejected, {row.probability, row.weight, row.margin}, limits());
      if (!usable(example)) continue;
      if (is_held_out(row.origin)) {
        pairs.test.push_back(*std::move(example));
        pairs.test_prompts.push_back(
            clusters.try_emplace(row.origin.group, static_cast<std::int64_t>(clusters.size())).first->second);
        continue;
      }
      if (options_.shuffle_labels && placebo.below(2) == 1) std::swap(example->chosen, example->rejected);
      pairs.train.push_back(*std::move(example));
    }
    outcome_.examples = static_cast<std::int64_t>(pairs.train.size());
    outcome_.examples_held_out = static_cast<std::int64_t>(pairs.test.size());
    return pairs;
  }

  void enter(const learning::TrainingReport& report) {
    outcome_.steps = report.steps;
    if (!report.history.empty()) outcome_.loss = report.history.back().loss;
  }

  static quality::Estimate accuracy(const std::vector<double>& right,
                                    const std::vector<std::int64_t>& prompts) {
    std::vector<quality::Observation> observations;
    for (std::size_t i = 0; i < right.size(); ++i) observations.push_back({prompts[i], right[i]});
    return quality::clustered_mean(observations, {0, 1});
  }

  quality::Estimate reward_accuracy(const engine::Trainee& trainee, const Pairs& pairs) const {
    const auto scores = or_throw(learning::pair_scores(trainee, pairs.test, {.threads = options_.threads}));
    std::vector<double> right;
    for (const learning::PairScores& score : scores) right.push_back(score.right());
    return accuracy(right, pairs.test_prompts);
  }

  learning::RunWeights reward(const Pairs& pairs) {
    learning::RunWeights weights = starting_weights();
    if (!pairs.test.empty()) outcome_.accuracy_before = reward_accuracy(weights.trainee(), pairs);
    enter(or_throw(learning::train_reward(weights.trainee(), pairs.train,
                                          {.centring = settings_.at("centring")}, training_, hooks_)));
    if (!pairs.test.empty()) outcome_.held_out_accuracy = reward_accuracy(weights.trainee(), pairs);
    return weights;
  }

  learning::RunWeights dpo(const Pairs& pairs) {
    learning::RunWeights weights = starting_weights();
    const engine::Trainee trainee = weights.trainee();
    std::vector<learning::PairScores> before;
    const learning::EvaluationOptions evaluation{.threads = options_.threads};
    if (!pairs.test.empty()) before = or_throw(learning::pair_logprobs(trainee, pairs.test, evaluation));
    const learning::DpoOptions options{.beta = settings_.at("beta"),
                                       .label_smoothing = settings_.at("label_smoothing")};
    enter(or_throw(learning::dpo(trainee, pairs.train, options, training_, hooks_)));
    if (pairs.test.empty()) return weights;
    const auto after = or_throw(learning::pair_logprobs(trainee, pairs.test, evaluation));
    std::vector<double> right;
    for (std::size_t i = 0; i < after.size(); ++i) {
      const double margin = (after[i].chosen - before[i].chosen) - (after[i].rejected - before[i].rejected);
      right.push_back(margin > 0 ? 1 : margin < 0 ? 0 : 0.5);
    }
    outcome_.held_out_accuracy = accuracy(right, pairs.test_prompts);
    return weights;
  }

  learning::RunWeights sft(const learning::ImportedData& data) {
    std::vector<learning::TokenExample> examples;
    for (const learning::ImportedDemonstration& row : data.demonstrations) {
      if (limit_reached(examples.size())) break;
      auto example = learning::demonstration(model_.tokenizer, *model_.chat_template, row.messages,
                                             learning::LossOn::last_assistant_turn, row.weight, limits());
      if (!usable(example)) continue;
      if (is_held_out(row.origin)) {
        outcome_.examples_held_out += 1;
        continue;
      }
      examples.push_back(*std::move(example));
    }
    if (examples.empty())
      throw Failure(ErrorKind::invalid, fmt::format("{} holds no demonstrations.", options_.data),
                    "Use a file of messages.");
    outcome_.examples = static_cast<std::int64_t>(examples.size());
    learning::RunWeights weights = starting_weights();
    enter(or_throw(learning::sft(weights.trainee(), examples, training_, hooks_)));
    return weights;
  }

  const FileTrainingOptions& options_;
  std::stop_token stop_;
  engine::OpenedModel opened_;
  engine::ModelText model_;
  std::map<std::string, double> settings_;
  learning::TrainingOptions training_;
  std::optional<learning::Adaptation> adaptation_;
  learning::TrainingHooks hooks_;
  TrainingProgress progress_;
  FileTrainingOutcome outcome_;
};

}  // namespace

FileTrainingOutcome train_on_file(const FileTrainingOptions& options, std::stop_token stop) {
  return FileTraining(options, std::move(stop)).run();
}

}  // namespace preceptor::cli
