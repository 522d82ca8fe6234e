#include "loop/chat.hpp"

#include <chrono>
#include <list>
#include <mutex>

#include "loop/access.hpp"
#include "loop/completions.hpp"

namespace preceptor::loop {
namespace {

constexpr std::size_t models_kept = 2;
constexpr std::chrono::milliseconds wait_max{100};  // between looks at the stop token

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

struct Chat::State {
  Storage& storage;
  const Workspace& workspace;
  std::mutex mutex;
  struct Loaded {
    ModelId id;
    std::shared_ptr<CompletionModel> model;  // shared: a text goes on while its model is dropped from here
  };
  std::list<Loaded> recent;

  Result<std::shared_ptr<CompletionModel>> loaded(const Model& model) {
    const std::scoped_lock lock(mutex);
    for (auto place = recent.begin(); place != recent.end(); ++place) {
      if (place->id != model.id) continue;
      recent.splice(recent.begin(), recent, place);
      return recent.front().model;
    }
    const auto folder = workspace.model_folder(model);
    if (!folder) return tl::unexpected(folder.error());
    auto opened = CompletionModel::open(*folder, {});
    if (!opened) return tl::unexpected(opened.error());
    recent.push_front({model.id, *std::move(opened)});
    if (recent.size() > models_kept) recent.pop_back();
    return recent.front().model;
  }
};

Chat::Chat(Storage& storage, const Workspace& workspace)
    : state_(std::make_unique<State>(storage, workspace)) {}
Chat::~Chat() = default;

Result<ChatReply> Chat::reply(const Actor& actor, const ChatRequest& request,
                              const std::function<bool(std::string_view)>& on_text, std::stop_token stop) {
  if (const auto good = check_conversation(request.messages); !good) return tl::unexpected(good.error());
  if (!(request.temperature >= 0 && request.temperature <= 5))
    return refuse(ErrorKind::invalid, "temperature must be between 0 and 5.", "", "/temperature");
  if (request.tokens_max < 1 || request.tokens_max > 100'000)
    return refuse(ErrorKind::invalid, "tokens_max must be between 1 and 100000.", "", "/tokens_max");
  const auto loaded = open(actor, request.model);
  if (!loaded) return tl::unexpected(loaded.error());
  auto text = (*loaded)->start({request.messages}, 1,
                               {.temperature = request.temperature,
                                .top_p = 1,
                                .top_k = 0,
                                .tokens_max = request.tokens_max,
                                .seed = request.seed});
  if (!text) return tl::unexpected(text.error());
  ChatReply reply{.text = {}, .finish = "cancelled"};
  while (!(*text)->ended() && !stop.stop_requested()) {
    const auto piece = (*text)->next(wait_max);
    if (!piece) continue;
    reply.text += piece->text;
    if (!piece->text.empty() && !on_text(piece->text)) break;
    if (!piece->end) continue;
    reply.finish = piece->end->finish;
    reply.tokens = piece->end->tokens;
  }
  return reply;
}

Result<std::shared_ptr<CompletionModel>> Chat::open(const Actor& actor, ModelId id) {
  const auto model =
      read(state_->storage, [&](Records& records) { return model_for(records, actor, id, Right::chat); });
  if (!model) return tl::unexpected(model.error());
  if (model->objective == Objective::reward)
    return refuse(ErrorKind::invalid, "A reward model scores answers and cannot chat.",
                  "Choose a language model.");
  return state_->loaded(*model);
}

std::vector<NamedModel> Chat::models(const Actor& actor) {
  return read(state_->storage, [&](Records& records) {
    std::vector<NamedModel> all;
    for (const feedback::Project& project : records.projects()) {
      if (!feedback::require(records, actor, project.id, Right::chat)) continue;
      for (const Model& model : records.models(project.id))
        if (model.objective != Objective::reward)
          all.push_back({model.id, model.name, project.name, model.created_at});
    }
    return all;
  });
}

}  // namespace preceptor::loop
