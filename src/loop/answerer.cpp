#include "loop/answerer.hpp"

#include "base/encoding.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "engine/formats/hugging_face.hpp"
#include "engine/generation/generator.hpp"
#include "feedback/content.hpp"
#include "loop/conversation.hpp"

namespace preceptor::loop {
namespace {

constexpr std::size_t questions_at_once = 512;

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
  engine::LoadedModel model;
  engine::Generator generator;

  State(engine::LoadedModel loaded, int threads)
      : model(std::move(loaded)), generator(model.parameters, {.threads = threads}) {}

  Result<engine::GenerationRequest> request(const Question& question, const AnswerOptions& options) const {
    const auto rendered =
        model.chat_template->render(to_text(question.messages), text::GenerationPrompt::add);
    if (!rendered) return tl::unexpected(rendered.error());
    auto ids = text::tokenize_chat(model.tokenizer, *rendered);
    if (!ids) return tl::unexpected(ids.error());
    const auto room =
        model.parameters.config().context_length_max - static_cast<std::int64_t>(ids->ids.size());
    if (room < 1)
      return refuse(ErrorKind::too_large,
                    fmt::format("The conversation has {} tokens; the model reads {} at most.",
                                ids->ids.size(), model.parameters.config().context_length_max),
                    "Shorten the conversation.");
    engine::GenerationRequest request;
    request.prompt = std::move(ids->ids);
    request.sampling.temperature = static_cast<float>(options.temperature);
    request.sampling.top_p = static_cast<float>(options.top_p);
    request.sampling.tokens_max = static_cast<std::int32_t>(std::min(options.tokens_max, room));
    request.sampling.seed = question.seed;
    request.sampling.stop_ids = model.files.generation.stop_ids;
    return request;
  }

  Result<Answer> answer(const engine::GenerationResult& result) const {
    if (result.failure) return tl::unexpected(*result.failure);
    return Answer{storable(model.tokenizer.decode(result.tokens, text::Specials::skip)),
                  std::string(name_of(result.finish)), static_cast<std::int64_t>(result.tokens.size())};
  }
};

Answerer::Answerer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Answerer::Answerer(Answerer&&) noexcept = default;
Answerer& Answerer::operator=(Answerer&&) noexcept = default;
Answerer::~Answerer() = default;

Result<Answerer> Answerer::open(const Workspace& workspace, const Model& model, int threads) {
  const auto folder = workspace.model_folder(model);
  if (!folder) return tl::unexpected(folder.error());
  auto loaded = engine::load_model(*folder);
  if (!loaded) return tl::unexpected(loaded.error());
  if (!loaded->chat_template)
    return refuse(ErrorKind::unsupported, fmt::format("{} has no chat template.", model.name),
                  "Add one to tokenizer_config.json and import the model again.");
  return Answerer(std::make_unique<State>(*std::move(loaded), threads));
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
    std::vector<engine::GenerationRequest> requests;
    for (const Question& question : part) {
      auto request = state_->request(question, options);
      if (!request) return tl::unexpected(request.error());
      requests.push_back(*std::move(request));
    }
    const auto results = state_->generator.generate(requests, {}, stop);
    if (stop.stop_requested()) return refuse(ErrorKind::cancelled, "Generation was stopped.");
    for (const engine::GenerationResult& result : results) {
      auto answer = state_->answer(result);
      if (!answer) return tl::unexpected(answer.error());
      answers.push_back(*std::move(answer));
    }
    if (done) done(answers.size());
  }
  return answers;
}

Result<Answer> Answerer::stream(const Question& question, const AnswerOptions& options,
                                const std::function<bool(std::string_view)>& on_text, std::stop_token stop) {
  const auto request = state_->request(question, options);
  if (!request) return tl::unexpected(request.error());
  text::StreamDecoder decoder(state_->model.tokenizer);
  const auto on_token = [&](std::size_t, text::TokenId token) {
    const std::string piece = decoder.push(token);
    return piece.empty() || on_text(piece);
  };
  const auto results = state_->generator.generate({&*request, 1}, on_token, stop);
  if (const std::string rest = decoder.finish(); !rest.empty()) on_text(rest);
  return state_->answer(results.front());
}

std::uint64_t sample_seed(std::uint64_t seed, const feedback::Prompt& prompt, std::int64_t sample) {
  const std::string key = prompt.key.empty() ? std::to_string(prompt.id.value) : prompt.key;
  return xxh3(fmt::format("{}/{}/{}", seed, sample, key));
}

}  // namespace preceptor::loop
