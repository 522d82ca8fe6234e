#include "loop/completions.hpp"

#include <atomic>
#include <limits>

#include "engine/constrained/text_form.hpp"
#include "engine/generation/text_model.hpp"
#include "loop/conversation.hpp"

namespace preceptor::loop {
namespace {

std::string_view name_of(engine::GenerationResult::Finish finish) {
  switch (finish) {
    case engine::GenerationResult::Finish::stop: return "stop";
    case engine::GenerationResult::Finish::length: return "length";
    case engine::GenerationResult::Finish::cancelled:
    case engine::GenerationResult::Finish::failed: break;
  }
  return "cancelled";
}

struct Opened {
  explicit Opened(std::unique_ptr<engine::TextModel> text_model) : model(std::move(text_model)) {
    auto tokens = engine::token_bytes(model->model().tokenizer);
    if (!tokens) {
      no_vocabulary = std::move(tokens.error());
      return;
    }
    tokens->bytes.resize(static_cast<std::size_t>(model->model().config.vocabulary_size));
    vocabulary = std::make_shared<const engine::FormVocabulary>(*std::move(tokens));
  }
  std::string bytes_of(text::TokenId id) const {
    if (vocabulary != nullptr) {
      const auto bytes = vocabulary->bytes_of(id, false);
      if (!bytes.empty()) return std::string(bytes);
    }
    return model->model().tokenizer.decode({&id, 1}, text::Specials::keep);
  }

  std::unique_ptr<engine::TextModel> model;
  std::shared_ptr<const engine::FormVocabulary> vocabulary;  // shared by the forms of all texts
  Error no_vocabulary;                                       // why there is none
  std::atomic<std::uint64_t> last_owner{0};
};

class RunningCompletion final : public Completion {
public:
  RunningCompletion(std::shared_ptr<Opened> opened, std::unique_ptr<engine::TextStream> stream, bool logprobs)
      : opened_(std::move(opened)), stream_(std::move(stream)), logprobs_(logprobs) {}

  std::optional<CompletionPiece> next(std::chrono::milliseconds wait_max) override {
    auto event = stream_->next(wait_max);
    if (!event) return std::nullopt;
    CompletionPiece piece{
        .index = event->index, .text = std::move(event->piece.text), .tokens = {}, .end = {}};
    if (logprobs_) {
      for (const engine::PickedToken& token : event->piece.tokens) piece.tokens.push_back(told(token));
    }
    if (!event->end) return piece;
    const engine::GenerationResult& result = event->end->generation;
    if (result.failure) throw Failure(*result.failure);
    piece.end = CompletionEnd{.finish = std::string(name_of(result.finish)),
                              .tokens = static_cast<std::int64_t>(result.tokens.size()),
                              .prompt_tokens = static_cast<std::int64_t>(event->end->prompt_tokens),
                              .prompt_tokens_reused = result.prompt_tokens_reused};
    return piece;
  }

  bool ended() const override { return stream_->ended(); }

private:
  CompletionToken told(const engine::PickedToken& token) const {
    CompletionToken result{
        .id = token.id, .bytes = opened_->bytes_of(token.id), .logprob = token.logprob, .top = {}};
    for (const engine::TokenLogprob& other : token.top)
      result.top.push_back({opened_->bytes_of(other.id), other.logprob});
    return result;
  }

  std::shared_ptr<Opened> opened_;  // shared: texts go on when the model is let go of elsewhere
  std::unique_ptr<engine::TextStream> stream_;
  bool logprobs_;
};

class OpenedModel final : public CompletionModel {
public:
  explicit OpenedModel(std::unique_ptr<engine::TextModel> model)
      : opened_(std::make_shared<Opened>(std::move(model))) {}

  std::int64_t context_length() const override { return config().context_length_max; }

  Result<std::unique_ptr<Completion>> start(const std::vector<CompletionPrompt>& prompts,
                                            std::int64_t samples,
                                            const CompletionSettings& settings) override {
    auto sampling = sampling_of(settings);
    if (!sampling) return tl::unexpected(std::move(sampling.error()));
    auto form = form_of(settings);
    if (!form) return tl::unexpected(std::move(form.error()));
    const std::uint64_t owner = ++opened_->last_owner;
    std::vector<engine::TextRequest> requests;
    for (const CompletionPrompt& prompt : prompts) {
      auto ids = ids_of(prompt);
      if (!ids) return tl::unexpected(std::move(ids.error()));
      for (std::int64_t sample = 0; sample < samples; ++sample) {
        engine::TextRequest request{
            .generation = {.prompt = *ids, .sampling = *sampling, .constraint = *form, .owner = owner},
            .stops = settings.stops};
        request.generation.sampling.seed = settings.seed + requests.size();
        if (!settings.tokens_max)
          request.generation.sampling.tokens_max = std::numeric_limits<std::int32_t>::max();
        requests.push_back(std::move(request));
      }
    }
    auto stream = opened_->model->start(std::move(requests));
    if (!stream) {
      stream.error().where.clear();
      return tl::unexpected(std::move(stream.error()));
    }
    return std::make_unique<RunningCompletion>(opened_, *std::move(stream), settings.logprobs);
  }

private:
  const engine::ModelConfig& config() const { return opened_->model->model().config; }

  Result<std::vector<text::TokenId>> ids_of(const CompletionPrompt& prompt) const {
    if (const auto* ids = std::get_if<std::vector<std::int32_t>>(&prompt)) return *ids;
    if (const auto* plain = std::get_if<std::string>(&prompt)) return opened_->model->prompt_of(*plain);
    return opened_->model->prompt_of(to_text(std::get<std::vector<feedback::Message>>(prompt)));
  }

  engine::Form form_of(const CompletionSettings& settings) const {
    using Kind = CompletionSettings::Form;
    if (settings.form == Kind::free) return nullptr;
    if (opened_->vocabulary == nullptr) return tl::unexpected(opened_->no_vocabulary);
    switch (settings.form) {
      case Kind::json_schema: return engine::json_schema_form(settings.form_text, opened_->vocabulary);
      case Kind::regex: return engine::regular_expression_form(settings.form_text, opened_->vocabulary);
      case Kind::json_object: return engine::json_object_form(opened_->vocabulary);
      case Kind::free: break;
    }
    return nullptr;
  }

  Result<engine::SamplingOptions> sampling_of(const CompletionSettings& settings) const {
    engine::SamplingOptions sampling = opened_->model->default_sampling();
    if (settings.temperature) sampling.temperature = static_cast<float>(*settings.temperature);
    if (settings.top_p) sampling.top_p = static_cast<float>(*settings.top_p);
    if (settings.top_k) sampling.top_k = static_cast<std::int32_t>(*settings.top_k);
    sampling.min_p = static_cast<float>(settings.min_p);
    if (settings.tokens_max) sampling.tokens_max = static_cast<std::int32_t>(*settings.tokens_max);
    sampling.tokens_min = static_cast<std::int32_t>(settings.tokens_min);
    sampling.repetition_penalty = static_cast<float>(settings.repetition_penalty);
    sampling.presence_penalty = static_cast<float>(settings.presence_penalty);
    sampling.frequency_penalty = static_cast<float>(settings.frequency_penalty);
    for (const auto& [id, bias] : settings.logit_bias) {
      if (id < 0 || id >= config().vocabulary_size)
        return refuse(ErrorKind::invalid,
                      "logit_bias names the id " + std::to_string(id) + ", outside the vocabulary");
      sampling.logit_bias.push_back({static_cast<text::TokenId>(id), static_cast<float>(bias)});
    }
    sampling.top_logprobs = static_cast<std::int32_t>(settings.top_logprobs);
    return sampling;
  }

  std::shared_ptr<Opened> opened_;
};

}  // namespace

Result<std::shared_ptr<CompletionModel>> CompletionModel::open(const std::filesystem::path& folder,
                                                               const CompletionModelOptions& options) {
  engine::GeneratorOptions generator;
  generator.threads = options.threads;
  generator.precision = options.fp32 ? engine::Precision::fp32 : engine::Precision::bf16;
  if (options.int8_weights) generator.weights = engine::WeightFormat::int8;
  auto model = engine::TextModel::open(folder, generator);
  if (!model) return tl::unexpected(std::move(model.error()));
  return std::make_shared<OpenedModel>(*std::move(model));
}

}  // namespace preceptor::loop
