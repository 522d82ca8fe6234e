#include "loop/chat.hpp"

#include <list>
#include <mutex>

#include "loop/access.hpp"
#include "loop/answerer.hpp"

namespace preceptor::loop {
namespace {

constexpr std::size_t models_kept = 2;

Result<void> check_conversation(const std::vector<feedback::Message>& messages) {
  if (messages.empty() || messages.back().role != "user")
    return refuse(ErrorKind::invalid, "The conversation must end with a message of the user.", "",
                  "/messages");
  for (const feedback::Message& message : messages)
    if (message.role != "user" && message.role != "assistant" && message.role != "system")
      return refuse(ErrorKind::invalid, "A role must be user, assistant or system.", "", "/messages");
  return {};
}

}  // namespace

struct Chat::Loaded {
  Model model;
  Answerer answerer;
  std::mutex busy;  // one answer at a time
};

struct Chat::State {
  Storage& storage;
  const Workspace& workspace;
  std::mutex mutex;
  std::list<std::shared_ptr<Loaded>> recent;  // shared: a reply goes on while its model is dropped from here

  Result<std::shared_ptr<Loaded>> loaded(const Model& model) {
    const std::scoped_lock lock(mutex);
    for (auto place = recent.begin(); place != recent.end(); ++place) {
      if ((*place)->model.id != model.id) continue;
      recent.splice(recent.begin(), recent, place);
      return recent.front();
    }
    auto answerer = Answerer::open(workspace, model, 0);
    if (!answerer) return tl::unexpected(answerer.error());
    recent.push_front(std::make_shared<Loaded>(model, *std::move(answerer)));
    if (recent.size() > models_kept) recent.pop_back();
    return recent.front();
  }
};

Chat::Chat(Storage& storage, const Workspace& workspace)
    : state_(std::make_unique<State>(storage, workspace)) {}
Chat::~Chat() = default;

Result<ChatReply> Chat::reply(const Actor& actor, const ChatRequest& request,
                              const std::function<bool(std::string_view)>& on_text, std::stop_token stop) {
  const auto model = read(state_->storage, [&](Records& records) {
    return model_for(records, actor, request.model, Right::chat);
  });
  if (!model) return tl::unexpected(model.error());
  if (model->objective == Objective::reward)
    return refuse(ErrorKind::invalid, "A reward model scores answers and cannot chat.",
                  "Choose a language model.");
  if (const auto good = check_conversation(request.messages); !good) return tl::unexpected(good.error());
  if (!(request.temperature >= 0 && request.temperature <= 5))
    return refuse(ErrorKind::invalid, "temperature must be between 0 and 5.", "", "/temperature");
  if (request.tokens_max < 1 || request.tokens_max > 100'000)
    return refuse(ErrorKind::invalid, "tokens_max must be between 1 and 100000.", "", "/tokens_max");
  const auto loaded = state_->loaded(*model);
  if (!loaded) return tl::unexpected(loaded.error());
  const std::scoped_lock one_at_a_time((*loaded)->busy);
  const Question question{request.messages, request.seed};
  const AnswerOptions options{.temperature = request.temperature, .tokens_max = request.tokens_max};
  const auto answer = (*loaded)->answerer.stream(question, options, on_text, stop);
  if (!answer) return tl::unexpected(answer.error());
  return ChatReply{answer->text, answer->finish, answer->tokens};
}

}  // namespace preceptor::loop
