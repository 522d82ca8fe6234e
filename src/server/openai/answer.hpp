#pragma once
// OpenAI's answers: whole, in chunks, and errors.
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"
#include "server/openai/models.hpp"
#include "server/openai/request.hpp"

namespace preceptor::server::openai {

http::Response error_answer(const Error& error);
std::string error_json(const Error& error);

std::string model_json(const NamedModel& model);
std::string model_list_json(const std::vector<NamedModel>& models);

// What is told of one request: gathers its texts, or writes them as chunks.
class Answer {
public:
  Answer(const TextsRequest& request, std::int64_t created_seconds);
  ~Answer();

  // The chunks to send for a piece, in order.
  std::vector<std::string> chunks(const loop::CompletionPiece& piece);
  // After the last piece: the usage where asked for.
  std::vector<std::string> last_chunks() const;

  void gather(const loop::CompletionPiece& piece);
  std::string whole() const;

private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace preceptor::server::openai
