#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "engine/formats/hugging_face.hpp"
#include "feedback/content.hpp"
#include "learning/collation.hpp"
#include "learning/evaluation.hpp"
#include "loop/access.hpp"
#include "loop/answerer.hpp"
#include "loop/conversation.hpp"
#include "loop/every_page.hpp"
#include "loop/job_context.hpp"
#include "loop/job_params.hpp"
#include "loop/ledger.hpp"

namespace preceptor::loop {
namespace {

using nlohmann::json;

struct Plan {
  EvaluateRequest request;
  Evaluation evaluation;
  std::vector<Model> models;  // baseline first
  std::vector<feedback::Prompt> prompts;
};

std::vector<EvaluationColumn> own_columns(bool blind) {
  std::vector<EvaluationColumn> columns;
  if (blind) columns.push_back({"win_rate", "Blind win rate", Better::higher, "share", "experts"});
  columns.push_back({"length", "Length of the answer", Better::none, "tokens", "engine"});
  columns.push_back({"kl", "KL from the baseline", Better::none, "nats", "engine"});
  return columns;
}

Result<Plan> plan_of(const JobContext& context) {
  const auto request = evaluate_params(context.job.params);
  if (!request) return tl::unexpected(request.error());
  return write(context.storage, [&](Records& records) -> Result<Plan> {
    Plan plan{.request = *request};
    std::vector<ModelId> ids{request->baseline};
    ids.insert(ids.end(), request->models.begin(), request->models.end());
    for (const ModelId id : ids) {
      const auto model = model_in(records, context.job.project, id);
      if (!model) return tl::unexpected(model.error());
      plan.models.push_back(*model);
    }
    plan.prompts = every_page([&](Page page) {
      return records.prompts({.project = context.job.project, .split = request->split, .page = page});
    });
    if (plan.prompts.empty())
      return refuse(
          ErrorKind::conflict,
          fmt::format("The project has no prompts of the split {}.", feedback::name_of(request->split)),
          "Add some, then evaluate again.");
    if (auto before = records.evaluation_of_job(context.job.id)) {
      plan.evaluation = *std::move(before);
      return plan;
    }
    Evaluation& evaluation = plan.evaluation;
    evaluation.project = context.job.project;
    evaluation.round = context.job.round;
    evaluation.job = context.job.id;
    evaluation.baseline_model = request->baseline;
    evaluation.models = ids;
    evaluation.settings = context.job.params;
    evaluation.columns = own_columns(request->blind_pairs > 0);
    evaluation.created_at = context.clock.now();
    evaluation.id = records.add_evaluation(evaluation);
    return plan;
  });
}

// log π − log π_baseline of the model's own answers, in the order of the prompts; none for an answer that is
// empty.
Result<std::vector<std::optional<double>>> divergences(const Plan& plan, const JobContext& context,
                                                       const Model& model,
                                                       const std::vector<Answer>& answers) {
  std::vector<std::optional<double>> values(answers.size());
  if (model.id == plan.request.baseline) return values;
  const auto folder = context.workspace.model_folder(model);
  const auto baseline_folder = context.workspace.model_folder(plan.models.front());
  if (!folder) return tl::unexpected(folder.error());
  if (!baseline_folder) return tl::unexpected(baseline_folder.error());
  auto policy = engine::load_model(*folder);
  if (!policy) return tl::unexpected(policy.error());
  auto reference = engine::load_parameters(*baseline_folder);
  if (!reference) return tl::unexpected(reference.error());
  // Two models count the same tokens only when they share a vocabulary.
  if (policy->parameters.config().vocabulary_size != reference->config().vocabulary_size) return values;
  std::vector<learning::CompletionExample> completions;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const learning::CollationOptions limits{.tokens_max = policy->parameters.config().context_length_max};
    auto completion = learning::completion(policy->tokenizer, *policy->chat_template,
                                           to_text(plan.prompts[i].messages), answers[i].text, limits);
    if (!completion) continue;
    completions.push_back(*std::move(completion));
    places.push_back(i);
  }
  const auto ratios =
      learning::log_ratios(policy->parameters, *reference, completions, {.threads = context.threads});
  if (!ratios) return tl::unexpected(ratios.error());
  for (std::size_t k = 0; k < ratios->size(); ++k) values[places[k]] = (*ratios)[k];
  return values;
}

void record_answers(Records& records, const Plan& plan, const JobContext& context, const Model& model,
                    const std::vector<Answer>& answers, const std::vector<std::optional<double>>& kl) {
  std::vector<feedback::Response> responses;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    feedback::Response response;
    response.prompt = plan.prompts[i].id;
    response.text = answers[i].text;
    response.model = model.id;
    response.round = context.job.round;
    response.settings = json{
        {"temperature", plan.request.temperature},
        {"seed", sample_seed(plan.request.seed, plan.prompts[i], 0)},
        {"finish", answers[i].finish},
        {"tokens",
         answers[i].tokens}}.dump();
    responses.push_back(std::move(response));
  }
  const auto recorded =
      feedback::record_responses(records, plan.evaluation.project, responses, context.clock);
  if (!recorded) throw Failure(recorded.error());
  const std::vector<ResponseId>& ids = *recorded;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    records.add_evaluation_answer({plan.evaluation.id, plan.prompts[i].id, model.id, ids[i]});
    records.put_metric_value({plan.evaluation.id, ids[i], "length", static_cast<double>(answers[i].tokens)});
    if (kl[i]) records.put_metric_value({plan.evaluation.id, ids[i], "kl", *kl[i]});
  }
}

Result<void> answer_all(const Plan& plan, const JobContext& context) {
  std::vector<EvaluationAnswer> before;
  context.storage.read([&](Records& records) { before = records.evaluation_answers(plan.evaluation.id); });
  std::vector<Question> questions;
  for (const feedback::Prompt& prompt : plan.prompts)
    questions.push_back({prompt.messages, sample_seed(plan.request.seed, prompt, 0)});
  const AnswerOptions options{.temperature = plan.request.temperature, .tokens_max = plan.request.tokens_max};
  for (std::size_t m = 0; m < plan.models.size(); ++m) {
    const Model& model = plan.models[m];
    const auto same = [&](const EvaluationAnswer& answer) { return answer.model == model.id; };
    if (std::any_of(before.begin(), before.end(), same)) continue;
    auto answerer = Answerer::open(context.workspace, model, context.threads);
    if (!answerer) return tl::unexpected(answerer.error());
    const auto report = [&](std::size_t done) {
      const double share = static_cast<double>(done) / static_cast<double>(questions.size());
      context.progress((static_cast<double>(m) + share) / static_cast<double>(plan.models.size()),
                       fmt::format("{} answers {} of {} prompts", model.name, done, questions.size()));
    };
    const auto answers = answerer->answer(questions, options, report, context.stop);
    if (!answers) return tl::unexpected(answers.error());
    const auto kl = divergences(plan, context, model, *answers);
    if (!kl) return tl::unexpected(kl.error());
    context.storage.write([&](Records& records) {
      held_job(records, context.job);
      record_answers(records, plan, context, model, *answers, *kl);
    });
  }
  return {};
}

// Which prompts people compare on: the same for every model, drawn by the seed.
std::vector<PromptId> blind_prompts(const Plan& plan) {
  std::vector<PromptId> ids;
  for (const feedback::Prompt& prompt : plan.prompts) ids.push_back(prompt.id);
  Random random = Random(plan.request.seed).fork("blind pairs");
  random.shuffle(ids);
  ids.resize(std::min(ids.size(), static_cast<std::size_t>(plan.request.blind_pairs)));
  std::sort(ids.begin(), ids.end());
  return ids;
}

void record_pairs(Records& records, const Plan& plan, const Clock& clock) {
  std::map<std::pair<PromptId, ModelId>, ResponseId> answers;
  for (const EvaluationAnswer& answer : records.evaluation_answers(plan.evaluation.id))
    answers[{answer.prompt, answer.model}] = answer.response;
  std::vector<feedback::Task> tasks;
  std::vector<ModelId> models;
  for (const PromptId prompt : blind_prompts(plan))
    for (const ModelId model : plan.request.models) {
      feedback::Task task;
      task.kind = feedback::TaskKind::compare;
      task.prompt = prompt;
      task.responses = {answers.at({prompt, plan.request.baseline}), answers.at({prompt, model})};
      task.overlap = 0;
      task.purpose = feedback::Purpose::evaluation;
      task.round = plan.evaluation.round;
      tasks.push_back(std::move(task));
      models.push_back(model);
    }
  if (tasks.empty()) return;
  const auto ids = feedback::record_tasks(records, plan.evaluation.project, tasks, clock);
  if (!ids) throw Failure(ids.error());
  for (std::size_t i = 0; i < ids->size(); ++i)
    records.add_evaluation_pair({plan.evaluation.id, (*ids)[i], models[i]});
}

}  // namespace

Result<JobEnd> run_evaluation(const JobContext& context) {
  const auto plan = plan_of(context);
  if (!plan) return tl::unexpected(plan.error());
  if (const auto answered = answer_all(*plan, context); !answered) return tl::unexpected(answered.error());
  return JobEnd([plan = *plan, context](Records& records) {
    record_pairs(records, plan, context.clock);
    // Read again: columns from outside may have come while the answers were written.
    Evaluation evaluation = records.evaluation(plan.evaluation.id).value();
    evaluation.state = plan.request.blind_pairs > 0 ? EvaluationState::judging : EvaluationState::done;
    finish(records, evaluation, context.job.person, context.clock.now());
    return json{{"evaluation_id", evaluation.id.value}, {"prompts", plan.prompts.size()}};
  });
}

}  // namespace preceptor::loop
