#include "engine/generation/text_model.hpp"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <stop_token>
#include <utility>

#include "engine/generation/generation_service.hpp"
#include "engine/generation/text_assembler.hpp"

namespace preceptor::engine {
namespace {

constexpr std::chrono::milliseconds write_wait{200};  // between looks at the stop token

// Filled on the service's thread, emptied on the reader's.
struct Mailbox {
  std::mutex mutex;
  std::condition_variable filled;
  std::deque<TextEvent> events;
  std::size_t running = 0;

  void put(TextEvent event) {
    {
      const std::lock_guard lock(mutex);
      if (event.end) --running;
      events.push_back(std::move(event));
    }
    filled.notify_one();
  }
};

// One text on its way from the scheduler to the mailbox.
class Writer {
public:
  Writer(const text::Tokenizer& tokenizer, const TextRequest& request, std::size_t index,
         std::shared_ptr<Mailbox> mailbox)
      : assembler_(tokenizer, request.stops, request.generation.sampling.tokens_min),
        index_(index),
        prompt_tokens_(request.generation.prompt.size()),
        mailbox_(std::move(mailbox)) {}

  Next push(const PickedToken& token) {
    std::string shown = assembler_.push(token.id);
    tokens_.push_back(token);
    if (assembler_.stopped()) {
      send(std::move(shown));
      return Next::stop;
    }
    if (!shown.empty()) send(std::move(shown));
    return Next::go_on;
  }

  void end(GenerationResult result) {
    send(assembler_.finish());
    TextResult text{.text = assembler_.text(),
                    .generation = std::move(result),
                    .stop = {},
                    .prompt_tokens = prompt_tokens_};
    if (assembler_.stopped()) {
      text.stop = assembler_.stop();
      // The last bytes may have completed it after the last token was counted.
      if (text.generation.finish == GenerationResult::Finish::length)
        text.generation.finish = GenerationResult::Finish::stop;
    }
    mailbox_->put({.index = index_, .piece = {}, .end = std::move(text)});
  }

private:
  void send(std::string shown) {
    if (shown.empty() && tokens_.empty()) return;
    mailbox_->put({.index = index_, .piece = {std::move(shown), std::exchange(tokens_, {})}, .end = {}});
  }

  TextAssembler assembler_;
  std::size_t index_;
  std::size_t prompt_tokens_;
  std::vector<PickedToken> tokens_;
  std::shared_ptr<Mailbox> mailbox_;  // shared with the reader, who may leave first
};

class ServedStream final : public TextStream {
public:
  explicit ServedStream(GenerationService& service)
      : service_(service), mailbox_(std::make_shared<Mailbox>()) {}
  ~ServedStream() override { cancel(); }

  Result<void> begin(const text::Tokenizer& tokenizer, std::vector<TextRequest> requests) {
    mailbox_->running = requests.size();
    for (std::size_t index = 0; index < requests.size(); ++index) {
      auto writer = std::make_shared<Writer>(tokenizer, requests[index], index, mailbox_);
      auto ticket =
          service_.submit(std::move(requests[index].generation),
                          {.on_token = [writer](const PickedToken& token) { return writer->push(token); },
                           .on_end = [writer](GenerationResult result) { writer->end(std::move(result)); }});
      if (!ticket) return tl::unexpected(std::move(ticket.error()));
      tickets_.push_back(*ticket);
    }
    return {};
  }

  std::optional<TextEvent> next(std::chrono::milliseconds wait_max) override {
    std::unique_lock lock(mailbox_->mutex);
    mailbox_->filled.wait_for(lock, wait_max,
                              [this] { return !mailbox_->events.empty() || mailbox_->running == 0; });
    if (mailbox_->events.empty()) return std::nullopt;
    TextEvent event = std::move(mailbox_->events.front());
    mailbox_->events.pop_front();
    return event;
  }

  bool ended() const override {
    const std::lock_guard lock(mailbox_->mutex);
    return mailbox_->events.empty() && mailbox_->running == 0;
  }

  void cancel() override {
    for (const GenerationService::Ticket ticket : tickets_) service_.cancel(ticket);
  }

private:
  GenerationService& service_;
  std::shared_ptr<Mailbox> mailbox_;
  std::vector<GenerationService::Ticket> tickets_;
};

Result<void> check_all(std::span<const TextRequest> requests, const ModelConfig& config) {
  for (std::size_t index = 0; index < requests.size(); ++index) {
    Result<void> valid = check(requests[index].generation, config);
    if (valid) valid = check_stop_strings(requests[index].stops);
    if (valid) continue;
    valid.error().where = "request " + std::to_string(index);
    return valid;
  }
  return {};
}

}  // namespace

struct TextModel::Body {
  Body(ModelText read, std::unique_ptr<const StoredWeights> opened, std::unique_ptr<GenerationService> served)
      : text(std::move(read)), stored(std::move(opened)), service(std::move(served)) {}
  Body(LoadedModel loaded, GeneratorOptions options)
      : text{loaded.parameters.config(), std::move(loaded.tokenizer), std::move(loaded.chat_template),
             std::move(loaded.files)},
        parameters(std::make_unique<const Parameters>(std::move(loaded.parameters))),
        service(std::make_unique<GenerationService>(*parameters, options)) {}

  ModelText text;
  // The service borrows one of the two.
  std::unique_ptr<const Parameters> parameters;
  std::unique_ptr<const StoredWeights> stored;
  std::unique_ptr<GenerationService> service;
};

Result<std::unique_ptr<TextModel>> TextModel::open(const std::filesystem::path& folder,
                                                   GeneratorOptions options) {
  auto opened = open_model(folder);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  if (opened->weights.config().label_count > 0) {
    return refuse(ErrorKind::unsupported, "a classification model has no language head to generate with",
                  "Choose a language model.", folder.string());
  }
  auto reading = std::async(std::launch::async, std::move(opened->read_text));
  auto stored = std::make_unique<const StoredWeights>(std::move(opened->weights));
  auto service = std::make_unique<GenerationService>(*stored, options);
  auto text = reading.get();
  if (!text) return tl::unexpected(std::move(text.error()));
  return std::unique_ptr<TextModel>(
      new TextModel(std::make_unique<Body>(std::move(*text), std::move(stored), std::move(service))));
}

TextModel::TextModel(std::unique_ptr<Body> body) : body_(std::move(body)) {}
TextModel::TextModel(LoadedModel model, GeneratorOptions options)
    : body_(std::make_unique<Body>(std::move(model), options)) {}
TextModel::~TextModel() = default;

const ModelText& TextModel::model() const { return body_->text; }

Result<std::vector<TokenId>> TextModel::prompt_of(std::span<const text::Message> messages) const {
  if (!body_->text.chat_template) {
    return refuse(ErrorKind::unsupported, "the model has no chat template",
                  "Give it plain text, or add a template to its tokenizer_config.json.");
  }
  const auto rendered = body_->text.chat_template->render(messages, text::GenerationPrompt::add);
  if (!rendered) return tl::unexpected(rendered.error());
  auto chat = text::tokenize_chat(body_->text.tokenizer, *rendered);
  if (!chat) return tl::unexpected(std::move(chat.error()));
  return std::move(chat->ids);
}

Result<std::vector<TokenId>> TextModel::prompt_of(std::string_view text) const {
  try {
    return body_->text.tokenizer.encode(text, text::SpecialTokens::add).ids;
  } catch (const Failure& failure) {
    return tl::unexpected(failure.error);
  }
}

SamplingOptions TextModel::default_sampling() const {
  const GenerationDefaults& defaults = body_->text.files.generation;
  return {.temperature = defaults.temperature,
          .top_k = defaults.top_k,
          .top_p = defaults.top_p,
          .stop_ids = defaults.stop_ids};
}

Result<std::unique_ptr<TextStream>> TextModel::start(std::vector<TextRequest> requests) {
  if (auto valid = check_all(requests, body_->text.config); !valid)
    return tl::unexpected(std::move(valid.error()));
  auto stream = std::make_unique<ServedStream>(*body_->service);
  if (auto begun = stream->begin(body_->text.tokenizer, std::move(requests)); !begun)
    return tl::unexpected(std::move(begun.error()));
  return stream;
}

Result<std::vector<TextResult>> TextModel::write(std::vector<TextRequest> requests, std::stop_token stop) {
  std::vector<TextResult> results(requests.size());
  auto stream = start(std::move(requests));
  if (!stream) return tl::unexpected(std::move(stream.error()));
  bool cancelled = false;
  while (!(*stream)->ended()) {
    if (auto event = (*stream)->next(write_wait); event && event->end)
      results[event->index] = *std::move(event->end);
    if (!cancelled && stop.stop_requested()) {
      (*stream)->cancel();
      cancelled = true;
    }
  }
  for (const TextResult& result : results) {
    if (result.generation.failure) return tl::unexpected(*result.generation.failure);
  }
  return results;
}

}  // namespace preceptor::engine
