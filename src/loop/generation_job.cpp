#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "base/json.hpp"
#include "feedback/content.hpp"
#include "loop/access.hpp"
#include "loop/answerer.hpp"
#include "loop/every_page.hpp"
#include "loop/job_context.hpp"
#include "loop/job_params.hpp"

namespace preceptor::loop {
namespace {

constexpr std::size_t prompts_at_once = 256;

struct Work {
  Model model;
  std::vector<feedback::Prompt> prompts;
  std::size_t prompts_done = 0;  // by an earlier attempt at this job
};

Result<Work> look_up(const JobContext& context, const GenerateRequest& request) {
  return read(context.storage, [&](Records& records) -> Result<Work> {
    auto model = model_in(records, context.job.project, request.model);
    if (!model) return tl::unexpected(model.error());
    Work work{.model = *std::move(model)};
    for (const PromptId id : request.prompts)
      if (auto prompt = records.prompt(id)) work.prompts.push_back(*std::move(prompt));
    if (request.split)
      work.prompts = every_page([&](Page page) {
        return records.prompts({.project = context.job.project, .split = request.split, .page = page});
      });
    const auto before = parse_json(context.job.result);
    if (before && before->contains("prompts_done"))
      work.prompts_done = before->at("prompts_done").get<std::size_t>();
    return work;
  });
}

std::vector<feedback::Response> responses_of(std::span<const feedback::Prompt> prompts,
                                             std::span<const Answer> answers, const GenerateRequest& request,
                                             const JobContext& context) {
  std::vector<feedback::Response> responses;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& prompt = prompts[i / static_cast<std::size_t>(request.samples)];
    const auto sample = static_cast<std::int64_t>(i) % request.samples;
    feedback::Response response;
    response.prompt = prompt.id;
    response.text = answers[i].text;
    response.model = request.model;
    response.round = context.job.round;
    response.settings = nlohmann::json{
        {"temperature", request.temperature},
        {"top_p", request.top_p},
        {"seed", sample_seed(request.seed, prompt, sample)},
        {"sample", sample},
        {"finish", answers[i].finish},
        {"tokens",
         answers[i].tokens}}.dump();
    responses.push_back(std::move(response));
  }
  return responses;
}

}  // namespace

Result<JobEnd> run_generation(const JobContext& context) {
  const auto request = generate_params(context.job.params);
  if (!request) return tl::unexpected(request.error());
  const auto work = look_up(context, *request);
  if (!work) return tl::unexpected(work.error());
  auto answerer = Answerer::open(context.workspace, work->model, context.threads);
  if (!answerer) return tl::unexpected(answerer.error());

  const AnswerOptions options{request->temperature, request->top_p, request->tokens_max};
  const std::size_t total = work->prompts.size();
  std::size_t done = work->prompts_done;
  while (done < total) {
    const auto part = std::span(work->prompts).subspan(done, std::min(prompts_at_once, total - done));
    std::vector<Question> questions;
    for (const feedback::Prompt& prompt : part)
      for (std::int64_t sample = 0; sample < request->samples; ++sample)
        questions.push_back({prompt.messages, sample_seed(request->seed, prompt, sample)});
    const auto report = [&](std::size_t answered) {
      const double share = static_cast<double>(answered) / static_cast<double>(request->samples);
      context.progress(
          (static_cast<double>(done) + share) / static_cast<double>(total),
          fmt::format("{} of {} prompts answered", done + static_cast<std::size_t>(share), total));
    };
    const auto answers = answerer->answer(questions, options, report, context.stop);
    if (!answers) return tl::unexpected(answers.error());
    done += part.size();
    // The answers and how far the job has come are written together: a job that is taken up again repeats
    // nothing.
    context.storage.write([&](Records& records) {
      Job job = held_job(records, context.job);
      const auto recorded = feedback::record_responses(
          records, context.job.project, responses_of(part, *answers, *request, context), context.clock);
      if (!recorded) throw Failure(recorded.error());
      job.result = nlohmann::json{{"prompts_done", done}}.dump();
      records.update_job(job);
    });
  }
  return JobEnd([done, samples = request->samples](Records&) {
    return nlohmann::json{{"prompts_done", done}, {"responses", static_cast<std::int64_t>(done) * samples}};
  });
}

}  // namespace preceptor::loop
