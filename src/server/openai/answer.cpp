#include "server/openai/answer.hpp"

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/password.hpp"

namespace preceptor::server::openai {
namespace {

using nlohmann::json;

// Whatever a model writes, the answer is JSON.
std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

// Bytes of a token that are no text by themselves are shown with U+FFFD; "bytes" tells what they are.
std::string shown(const std::string& bytes) { return json::parse(dumped(bytes)).get<std::string>(); }

json bytes_of(const std::string& bytes) {
  json list = json::array();
  for (const char byte : bytes) list.push_back(static_cast<unsigned char>(byte));
  return list;
}

json chat_logprob(const loop::CompletionToken& token) {
  json top = json::array();
  for (const auto& other : token.top)
    top.push_back(
        {{"token", shown(other.bytes)}, {"logprob", other.logprob}, {"bytes", bytes_of(other.bytes)}});
  return {{"token", shown(token.bytes)},
          {"logprob", token.logprob},
          {"bytes", bytes_of(token.bytes)},
          {"top_logprobs", std::move(top)}};
}

json chat_logprobs(const std::vector<loop::CompletionToken>& tokens) {
  json content = json::array();
  for (const loop::CompletionToken& token : tokens) content.push_back(chat_logprob(token));
  return {{"content", std::move(content)}, {"refusal", nullptr}};
}

// `offset`: where the first of the tokens begins in the text, in bytes; moved on.
json text_logprobs(const std::vector<loop::CompletionToken>& tokens, std::size_t& offset) {
  json result = {{"tokens", json::array()},
                 {"token_logprobs", json::array()},
                 {"top_logprobs", json::array()},
                 {"text_offset", json::array()}};
  for (const loop::CompletionToken& token : tokens) {
    json top = json::object();
    for (const auto& other : token.top) top[shown(other.bytes)] = other.logprob;
    result["tokens"].push_back(shown(token.bytes));
    result["token_logprobs"].push_back(token.logprob);
    result["top_logprobs"].push_back(std::move(top));
    result["text_offset"].push_back(offset);
    offset += token.bytes.size();
  }
  return result;
}

struct Reason {
  int status;
  const char* type;
  const char* code;  // null: none
};

Reason reason_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::unauthenticated: return {401, "invalid_request_error", "invalid_api_key"};
    case ErrorKind::forbidden: return {403, "permission_error", nullptr};
    case ErrorKind::not_found: return {404, "invalid_request_error", "model_not_found"};
    case ErrorKind::too_large:  // a parameter is named, the text as a whole is not
      return {400, "invalid_request_error", error.where.empty() ? "context_length_exceeded" : nullptr};
    case ErrorKind::unsupported: return {400, "invalid_request_error", "unsupported_value"};
    case ErrorKind::rate_limited: return {429, "rate_limit_error", "rate_limit_exceeded"};
    case ErrorKind::invalid:
    case ErrorKind::conflict:
    case ErrorKind::gone: return {400, "invalid_request_error", nullptr};
    case ErrorKind::unavailable:
    case ErrorKind::cancelled: return {503, "server_error", nullptr};
    case ErrorKind::corrupt:
    case ErrorKind::out_of_space:
    case ErrorKind::internal: break;
  }
  return {500, "server_error", nullptr};
}

}  // namespace

std::string error_json(const Error& error) {
  const Reason reason = reason_of(error);
  std::string message = "Something went wrong in the server";
  if (reason.status < 500 || reason.status == 503) {
    message = error.message;
    if (!error.hint.empty()) message += " (" + error.hint + ")";
  }
  const json told = {{"message", shown(message)},
                     {"type", reason.type},
                     {"param", error.where.empty() ? json() : json(shown(error.where))},
                     {"code", reason.code == nullptr ? json() : json(reason.code)}};
  return json{{"error", told}}.dump();
}

http::Response error_answer(const Error& error) {
  http::Response response;
  response.status = reason_of(error).status;
  response.headers.emplace_back("Content-Type", "application/json");
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  response.body = error_json(error);
  return response;
}

namespace {

json model_object(const NamedModel& model) {
  return {
      {"id", model.name}, {"object", "model"}, {"created", model.created_seconds}, {"owned_by", model.owner}};
}

}  // namespace

std::string model_json(const NamedModel& model) { return model_object(model).dump(); }

std::string model_list_json(const std::vector<NamedModel>& models) {
  json data = json::array();
  for (const NamedModel& model : models) data.push_back(model_object(model));
  return json{{"object", "list"}, {"data", std::move(data)}}.dump();
}

struct Answer::Body {
  struct Choice {
    bool begun = false;
    std::string text;
    std::vector<loop::CompletionToken> tokens;
    std::string finish;
    std::size_t offset = 0;  // of the next token in the text
  };

  json head(const char* object) const {
    return {{"id", id}, {"object", object}, {"created", created_seconds}, {"model", request.model}};
  }
  bool chat() const { return request.kind == Kind::chat; }
  std::size_t prompt_of(std::size_t index) const { return index / static_cast<std::size_t>(request.samples); }
  std::string echoed(std::size_t index) const {
    return request.echo ? std::get<std::string>(request.prompts[prompt_of(index)]) : std::string();
  }

  json logprobs_of(Choice& choice, const std::vector<loop::CompletionToken>& tokens) const {
    if (!request.settings.logprobs) return nullptr;
    return chat() ? chat_logprobs(tokens) : text_logprobs(tokens, choice.offset);
  }

  void count(const loop::CompletionPiece& piece) {
    if (!piece.end) return;
    completion_tokens += piece.end->tokens;
    // The prompt of several samples counts once.
    if (piece.index % static_cast<std::size_t>(request.samples) != 0) return;
    prompt_tokens += piece.end->prompt_tokens;
    reused_tokens += piece.end->prompt_tokens_reused;
  }

  json usage() const {
    return {{"prompt_tokens", prompt_tokens},
            {"completion_tokens", completion_tokens},
            {"total_tokens", prompt_tokens + completion_tokens},
            {"prompt_tokens_details", {{"cached_tokens", reused_tokens}}}};
  }

  std::string chunk(std::size_t index, json content, json logprobs, json finish) const {
    json choice = {{"index", index}, {"logprobs", std::move(logprobs)}, {"finish_reason", std::move(finish)}};
    choice[chat() ? "delta" : "text"] = std::move(content);
    json told = head(chat() ? "chat.completion.chunk" : "text_completion");
    told["choices"] = json::array({std::move(choice)});
    if (request.include_usage) told["usage"] = nullptr;
    return dumped(told);
  }

  TextsRequest request;
  std::string id;
  std::int64_t created_seconds = 0;
  std::vector<Choice> choices;
  std::int64_t prompt_tokens = 0, completion_tokens = 0, reused_tokens = 0;
};

Answer::Answer(const TextsRequest& request, std::int64_t created_seconds) : body_(std::make_unique<Body>()) {
  body_->request = request;
  body_->id = (body_->chat() ? "chatcmpl-" : "cmpl-") + random_token(18);
  body_->created_seconds = created_seconds;
  body_->choices.resize(request.prompts.size() * static_cast<std::size_t>(request.samples));
}
Answer::~Answer() = default;

std::vector<std::string> Answer::chunks(const loop::CompletionPiece& piece) {
  Body& body = *body_;
  Body::Choice& choice = body.choices[piece.index];
  std::vector<std::string> all;
  std::string text = piece.text;
  if (!std::exchange(choice.begun, true)) {
    if (body.chat())
      all.push_back(body.chunk(piece.index, {{"role", "assistant"}, {"content", ""}}, nullptr, nullptr));
    text.insert(0, body.echoed(piece.index));
  }
  if (!text.empty() || !piece.tokens.empty()) {
    all.push_back(body.chunk(piece.index, body.chat() ? json{{"content", text}} : json(text),
                             body.logprobs_of(choice, piece.tokens), nullptr));
  }
  if (piece.end)
    all.push_back(
        body.chunk(piece.index, body.chat() ? json::object() : json(""), nullptr, piece.end->finish));
  body.count(piece);
  return all;
}

std::vector<std::string> Answer::last_chunks() const {
  std::vector<std::string> all;
  if (body_->request.include_usage) {
    json told = body_->head(body_->chat() ? "chat.completion.chunk" : "text_completion");
    told["choices"] = json::array();
    told["usage"] = body_->usage();
    all.push_back(told.dump());
  }
  all.emplace_back("[DONE]");
  return all;
}

void Answer::gather(const loop::CompletionPiece& piece) {
  Body::Choice& choice = body_->choices[piece.index];
  choice.text += piece.text;
  choice.tokens.insert(choice.tokens.end(), piece.tokens.begin(), piece.tokens.end());
  if (piece.end) choice.finish = piece.end->finish;
  body_->count(piece);
}

std::string Answer::whole() const {
  const Body& body = *body_;
  json choices = json::array();
  for (std::size_t index = 0; index < body.choices.size(); ++index) {
    Body::Choice choice = body.choices[index];
    json told = {{"index", index}, {"finish_reason", choice.finish}};
    if (body.chat())
      told["message"] = {{"role", "assistant"}, {"content", choice.text}, {"refusal", nullptr}};
    else
      told["text"] = body.echoed(index) + choice.text;
    told["logprobs"] = body.logprobs_of(choice, choice.tokens);
    choices.push_back(std::move(told));
  }
  json told = body.head(body.chat() ? "chat.completion" : "text_completion");
  told["choices"] = std::move(choices);
  told["usage"] = body.usage();
  return dumped(told);
}

}  // namespace preceptor::server::openai
