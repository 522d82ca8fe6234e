#include "loop/answerer.hpp"

#include "base/encoding.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "engine/generation/text_model.hpp"
#include "feedback/content.hpp"
#include "loop/conversation.hpp"

namespace preceptor::loop {
namespace {

constexpr std::size_t questions_at_once = 512;
constexpr std::int64_t tokens_max = 1'000'000;  // beyond any context

std::string_view name_of(engine::GenerationResult::Finish finish) {
  switch (finish) {
    case engine::GenerationResult::Finish::stop: return "stop";
    case engine::GenerationResult::Finish::length: return "length";
    case engine::GenerationResult::Finish::cancelled: return "cancelled";
    case engine::GenerationResult::Finish::failed: return "failed";
  }
  return "";
}

// What a model writes is kept within the rules for texts, lest one odd token fail a whole job.
std::string storable(std::string text) {
  std::erase(text, '\0');
  text.resize(utf8_prefix(text, feedback::text_bytes_max).size());
  return text;
}

}  // namespace

struct Answerer::State {
  std::unique_ptr<engine::TextModel> model;

  Result<engine::TextRequest> request(const Question& question, const AnswerOptions& options) const {
    auto prompt = model->prompt_of(to_text(question.messages));
    if (!prompt) return tl::unexpected(std::move(prompt.error()));
    engine::SamplingOptions sampling{
        .temperature = static_cast<float>(options.temperature),
        .top_p = static_cast<float>(options.top_p),
        .tokens_max = static_cast<std::int32_t>(std::min(options.tokens_max, tokens_max)),
        .seed = question.seed,
        .stop_ids = model->default_sampling().stop_ids};
    return engine::TextRequest{.generation = {.prompt = *std::move(prompt), .sampling = std::move(sampling)}};
  }

  static Answer answer(engine::TextResult result) {
    return {storable(std::move(result.text)), std::string(name_of(result.generation.finish)),
            static_cast<std::int64_t>(result.generation.tokens.size())};
  }
};

Answerer::Answerer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Answerer::Answerer(Answerer&&) noexcept = default;
Answerer& Answerer::operator=(Answerer&&) noexcept = default;
Answerer::~Answerer() = default;

Result<Answerer> Answerer::open(const Workspace& workspace, const Model& model, int threads) {
  const auto folder = workspace.model_folder(model);
  if (!folder) return tl::unexpected(folder.error());
  auto opened = engine::TextModel::open(*folder, {.threads = threads});
  if (!opened) return tl::unexpected(std::move(opened.error()));
  if (!(*opened)->model().chat_template)
    return refuse(ErrorKind::unsupported, fmt::format("{} has no chat template.", model.name),
                  "Add one to tokenizer_config.json and import the model again.");
  return Answerer(std::make_unique<State>(*std::move(opened)));
}

Result<std::vector<Answer>> Answerer::answer(std::span<const Question> questions,
                                             const AnswerOptions& options,
                                             const std::function<void(std::size_t)>& done,
                                             std::stop_token stop) {
  std::vector<Answer> answers;
  answers.reserve(questions.size());
  while (answers.size() < questions.size()) {
    const auto part =
        questions.subspan(answers.size(), std::min(questions_at_once, questions.size() - answers.size()));
    std::vector<engine::TextRequest> requests;
    for (const Question& question : part) {
      auto request = state_->request(question, options);
      if (!request) return tl::unexpected(request.error());
      requests.push_back(*std::move(request));
    }
    auto results = state_->model->write(std::move(requests), stop);
    if (!results) return tl::unexpected(std::move(results.error()));
    if (stop.stop_requested()) return refuse(ErrorKind::cancelled, "Generation was stopped.");
    for (engine::TextResult& result : *results) answers.push_back(State::answer(std::move(result)));
    if (done) done(answers.size());
  }
  return answers;
}

std::uint64_t sample_seed(std::uint64_t seed, const feedback::Prompt& prompt, std::int64_t sample) {
  const std::string key = prompt.key.empty() ? std::to_string(prompt.id.value) : prompt.key;
  return xxh3(fmt::format("{}/{}/{}", seed, sample, key));
}

}  // namespace preceptor::loop
